import pg from 'pg';
import { vi } from 'vitest';

/** The text of every statement that this process sends to any Postgres while work is done. */
export async function countingStatements(work: () => Promise<unknown>): Promise<string[]> {
  const sent: string[] = [];
  const send = vi.spyOn(pg.Client.prototype, 'query');
  try {
    await work();
    for (const [query] of send.mock.calls as unknown[][]) sent.push(textOf(query));
  } finally {
    send.mockRestore();
  }
  return sent;
}

const textOf = (query: unknown): string => {
  if (typeof query === 'string') return query;
  return typeof query === 'object' && query !== null && 'text' in query ? String(query.text) : '';
};

import type { ConnectionOptions } from 'mysql2';
import { askBeside } from './beside.ts';

const patienceMs = 20_000;

/**
 * Asks by a second connection whether the server answers. Never rejects. It does not look for the process of the first one, because a proxy
 * may have numbers of its own.
 */
export async function isReachable(options: ConnectionOptions): Promise<boolean> {
  const end = await askBeside(options, 'DO 0', patienceMs);
  if (end === null || end === 'late') return end === null;
  // A server that refuses another connection, as at its limit, is there: only its own errors have a state.
  return 'sqlState' in end && typeof end.sqlState === 'string';
}

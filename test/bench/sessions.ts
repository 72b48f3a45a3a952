/** What a job's sessions with a database cost the server. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Secret } from '../../src/secret.ts';
import { benchSql, withClient } from './database.ts';

interface SessionLoad {
  readonly longestMs: number;
  /** User and system, of all sessions. */
  readonly cpuMs: number;
}

/** Watches the sessions until the signal. */
export async function watchSessions(url: Secret, signal: AbortSignal, everyMs = 20): Promise<SessionLoad> {
  let longestMs = 0;
  const cpu = new Map<number, number>();
  await withClient(url, async (client) => {
    while (!signal.aborted) {
      const { rows } = await client.query<{ pid: number; ms: number }>(benchSql('job-sessions'));
      for (const { pid, ms } of rows) {
        longestMs = Math.max(longestMs, ms);
        cpu.set(pid, cpuOf(pid) ?? cpu.get(pid) ?? 0);
      }
      await sleep(everyMs);
    }
  });
  return { longestMs, cpuMs: [...cpu.values()].reduce((sum, ms) => sum + ms, 0) };
}

/** User and system time of a process of this machine, in milliseconds; only Linux has it. */
export function cpuOf(pid: number): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return null;
  }
}

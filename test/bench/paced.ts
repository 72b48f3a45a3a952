/** CPU of a delivery at Redox's own rate, of the job and of the ledger's Postgres apart. */
import { setTimeout as sleep } from 'node:timers/promises';
import { benchSql, withClient } from './database.ts';
import { below, type Line } from './line.ts';
import { measure } from './measured-job.ts';
import { cpuOf } from './sessions.ts';
import type { Site } from './site.ts';
import { startBareStandIn } from './stand-in.ts';

/** What Redox takes from one address: 25 calls a second. */
const redoxRate = '7500/5m';
const callsPerSecond = 25;

/** Two minutes, until code is compiled: a night sends some hundred thousand. */
const warmUp = 3_000;
/** A kernel that counts CPU by its clock's ticks is right on average alone. */
const calls = 3_000;
/** The last calls, behind those that are measured. */
const rest = 100;

interface Reading {
  readonly accepted: number;
  readonly jobMs: number;
  readonly ledgerMs: number;
}

export async function measurePaced(site: Site, keep: (line: Line) => void): Promise<void> {
  const standIn = await startBareStandIn(5, '/dev/null');
  try {
    const [start, end] = await readings(site, standIn.url);
    const measured = (end.accepted - start.accepted) / 1_000;
    const job = (end.jobMs - start.jobMs) / measured;
    const ledger = (end.ledgerMs - start.ledgerMs) / measured;
    const share = ((job + ledger) * callsPerSecond) / 10_000;
    const before = `with the start, of the first ${warmUp.toLocaleString('en-US')} ${seconds((start.jobMs * 1_000) / start.accepted)}`;
    const detail = `per 1,000 calls: job ${seconds(job)} (${before}), the ledger's sessions ${seconds(ledger)}`;
    keep(below(`delivery at ${callsPerSecond} calls/s: CPU of one core`, share, '%', 5, 3, detail));
  } finally {
    standIn.close();
  }
}

/** CPU so far of one run of a first load, once it has warmed up and at its end. */
async function readings(site: Site, redoxUrl: string): Promise<readonly [Reading, Reading]> {
  const url = await site.ledger('paced');
  const settings = { ...site.clinicSettings('paced'), REDOX_BASE_URL: redoxUrl, RATE_LIMIT: redoxRate };
  // Makes the ledger's tables.
  await measure(['nightly', '--plan-only', '--allow-large-change'], settings, [0, 2]);
  const argv = ['nightly', '--allow-large-change', '--max-calls', String(warmUp + calls + rest)];
  let pid = 0;
  const job = measure(argv, settings, [3], null, (started) => {
    pid = started;
  });
  const watched = withClient(url, async (client) => {
    const found: Reading[] = [];
    for (const wanted of [warmUp, warmUp + calls]) {
      for (;;) {
        await sleep(500);
        const { rows } = await client.query<{ accepted: number; pids: number[] }>(benchSql('paced-calls'));
        const [{ accepted, pids } = { accepted: 0, pids: [] }] = rows;
        if (accepted < wanted) continue;
        found.push({
          accepted,
          jobMs: cpuOf(pid) ?? 0,
          ledgerMs: pids.reduce((sum, one) => sum + (cpuOf(one) ?? 0), 0),
        });
        break;
      }
    }
    return found;
  });
  const [, [start, end]] = await Promise.all([job, watched]);
  if (start === undefined || end === undefined) throw new Error('the run ended before its calls were counted');
  return [start, end];
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

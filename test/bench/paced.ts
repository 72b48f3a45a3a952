/** CPU of a delivery at Redox's own rate, of the job and of the ledger's Postgres apart. */
import { below, type Line } from './line.ts';
import { measure } from './measured-job.ts';
import { watchSessions } from './sessions.ts';
import type { Site } from './site.ts';
import { startBareStandIn } from './stand-in.ts';

/** What Redox takes from one address: 25 calls a second. */
const redoxRate = '7500/5m';
const callsPerSecond = 25;

/** Two minutes, until code is compiled: a night sends some hundred thousand. */
const warmUp = 3_000;
/** A kernel that counts CPU by its clock's ticks is right on average alone. */
const calls = 2_000;

interface Cpu {
  readonly jobMs: number;
  readonly ledgerMs: number;
}

export async function measurePaced(site: Site, keep: (line: Line) => void): Promise<void> {
  const standIn = await startBareStandIn(5, '/dev/null');
  try {
    const start = await cpuOf(site, standIn.url, warmUp);
    const all = await cpuOf(site, standIn.url, warmUp + calls);
    const job = ((all.jobMs - start.jobMs) * 1_000) / calls;
    const ledger = ((all.ledgerMs - start.ledgerMs) * 1_000) / calls;
    const share = ((job + ledger) * callsPerSecond) / 10_000;
    const before = `with the first ${warmUp.toLocaleString('en-US')} and the start ${seconds((start.jobMs * 1_000) / warmUp)}`;
    const detail = `per 1,000 calls: job ${seconds(job)} (${before}), the ledger's sessions ${seconds(ledger)}`;
    keep(below(`delivery at ${callsPerSecond} calls/s: CPU of one core`, share, '%', 5, 3, detail));
  } finally {
    standIn.close();
  }
}

/** CPU of a run that sends so many calls of a first load. */
async function cpuOf(site: Site, redoxUrl: string, most: number): Promise<Cpu> {
  const ledger = `paced_${most}`;
  const url = await site.ledger(ledger);
  const settings = { ...site.clinicSettings(ledger), REDOX_BASE_URL: redoxUrl, RATE_LIMIT: redoxRate };
  const watch = new AbortController();
  const watched = watchSessions(url, watch.signal, 250);
  try {
    const job = await measure(['nightly', '--allow-large-change', '--max-calls', String(most)], settings, [3]);
    watch.abort();
    return { jobMs: job.cpuMs, ledgerMs: (await watched).cpuMs };
  } finally {
    watch.abort();
  }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

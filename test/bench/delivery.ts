/** Delivery of the sandbox clinic's first load, with its charts, to a server that takes everything. */
import { join } from 'node:path';
import { benchSql, withClient } from './database.ts';
import { atLeast, figure, type Line, shareOfFloor } from './line.ts';
import { measure } from './measured-job.ts';
import { detailOf } from './nights.ts';
import type { Settings, Site } from './site.ts';
import { bareCallsPerSecond, recordedCallsPerSecond, startBareStandIn } from './stand-in.ts';

const goals = [
  { delayMs: 5, reach: 90, aim: 97 },
  { delayMs: 0, reach: 40, aim: 60 },
] as const;

/** Calls a second that are owed whatever the machine: sixteen times what Redox takes. */
const owedRate = 400;

/** About all that such a first load is, so that most of them go through code that is warm, of ours and of the floor. */
const calls = 18_000;

export async function measureDelivery(site: Site, folder: string, keep: (line: Line) => void): Promise<void> {
  for (const { delayMs, reach, aim } of goals) {
    const file = join(folder, `bodies-${delayMs}`);
    const standIn = await startBareStandIn(delayMs, file);
    try {
      const ledger = `delivered_${delayMs}`;
      await site.ledger(ledger);
      const settings = { ...site.clinicSettings(ledger), REDOX_BASE_URL: standIn.url };
      const job = await measure(['nightly', '--allow-large-change', '--max-calls', String(calls)], settings, [3]);
      await standIn.writeBodies();
      const rate = (calls / (job.steps.get('deliver') ?? 1)) * 1000;
      if (delayMs > 0) keep(atLeast(`delivery, answered after ${delayMs} ms`, rate, owedRate));
      const floor = await bareCallsPerSecond(standIn.url, file, calls);
      const work = `delivery, ${delayMs === 0 ? 'answered at once' : `answered after ${delayMs} ms`}, 16 in flight`;
      keep(shareOfFloor(work, rate, floor, reach, aim, detailOf(job)));
      const ceiling = await recordedCallsPerSecond(standIn.url, file, calls, await planned(site, standIn.url, delayMs));
      const share = `${((100 * ceiling) / floor).toFixed(0)} %`;
      keep({ ...figure(`${work}: bare, but recorded`, `${Math.round(ceiling)} calls/s`), ratio: share });
    } finally {
      standIn.close();
    }
  }
}

/** A ledger in which the same first load is planned and nothing is sent. */
async function planned(site: Site, redoxUrl: string, delayMs: number): Promise<Settings> {
  const ledger = `recorded_${delayMs}`;
  await site.ledger(ledger);
  const settings = { ...site.clinicSettings(ledger), REDOX_BASE_URL: redoxUrl };
  await measure(['nightly', '--plan-only', '--allow-large-change'], settings, [0, 2]);
  await withClient(site.ledgerUrl(ledger), (client) => client.query(benchSql('owe-plan')));
  return settings;
}

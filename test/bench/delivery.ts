/** Delivery of the sandbox clinic's first load, with its charts, to a server that takes everything. */
import { join } from 'node:path';
import { type Line, shareOfFloor } from './line.ts';
import { measure } from './measured-job.ts';
import { detailOf } from './nights.ts';
import type { Site } from './site.ts';
import { bareCallsPerSecond, startBareStandIn } from './stand-in.ts';

const goals = [
  { delayMs: 5, reach: 90, aim: 97 },
  { delayMs: 0, reach: 40, aim: 60 },
] as const;

export async function measureDelivery(site: Site, folder: string, keep: (line: Line) => void): Promise<void> {
  for (const { delayMs, reach, aim } of goals) {
    const file = join(folder, `bodies-${delayMs}`);
    const standIn = await startBareStandIn(delayMs, file);
    try {
      const ledger = `delivered_${delayMs}`;
      await site.ledger(ledger);
      const settings = { ...site.clinicSettings(ledger), REDOX_BASE_URL: standIn.url };
      const calls = 4_000;
      const job = await measure(['nightly', '--allow-large-change', '--max-calls', String(calls)], settings, [3]);
      await standIn.writeBodies();
      const rate = (calls / (job.steps.get('deliver') ?? 1)) * 1000;
      const floor = await bareCallsPerSecond(standIn.url, file, calls);
      const work = `delivery, ${delayMs === 0 ? 'answered at once' : `answered after ${delayMs} ms`}, 16 in flight`;
      keep(shareOfFloor(work, rate, floor, reach, aim, detailOf(job)));
    } finally {
      standIn.close();
    }
  }
}

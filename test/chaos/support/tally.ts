/** The figures of a run of the suite: each test file adds its own, and the table is printed when all have ended. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** What is counted, in the words of the table. */
type Figure =
  | 'processes killed'
  | 'audits killed'
  | 'audits stopped'
  | 'confirmations killed'
  | 'confirmations stopped'
  | 'rows lost at Redox and sent again'
  | 'ledger sessions killed'
  | 'ledger servers killed'
  | 'both killed at once'
  | 'ledger outages'
  | 'pauses'
  | 'stale messages after a pause'
  | 'clock jumps'
  | 'disks filled'
  | 'faults injected at Redox'
  | 'signals sent'
  | 'slowest end after a signal, ms'
  | 'rate windows looked at'
  | 'nights run'
  | 'calls taken by the stand-in'
  | 'calls left uncertain'
  | 'most left uncertain by one crash'
  | 'calls doubled'
  | 'calls doubled without need'
  | 'most memory of a night, MB'
  | 'rows lost or wrong at Redox'
  | 'most seconds until the lock of a vanished machine was free'
  | 'most seconds to plan 200,000 merges'
  | 'ledgers restored'
  | 'ledgers failed over'
  | 'rows wrong after a failover or a restore'
  | 'nights of a fleet'
  | 'workers of a fleet killed alone'
  | 'workers of a fleet killed with their nights'
  | 'nights of a fleet killed'
  | 'workers of a fleet stopped'
  | 'workers of a fleet with a wrong clock'
  | 'fleet database servers killed'
  | 'links to the fleet database that fell silent'
  | 'links to the ledgers that fell silent'
  | 'storms of 429'
  | 'due times of a fleet'
  | 'starts of nights of a fleet'
  | 'starts of nights again, after a death or a failure'
  | 'most arrivals of a fleet in one window'
  | 'most seconds until the night of a dead worker started'
  | 'most seconds until it started among other troubles'
  | `deaths of a pair: ${string}`
  | `links cut by a ${string}`
  | `most seconds until the next call: ${string}`
  | `most seconds until the night was done: ${string}`
  | 'processes that hung on a silent link'
  | 'calls of both machines beside each other'
  | 'old messages after new ones';

const isMost = (figure: Figure): boolean => figure.startsWith('most') || figure.startsWith('slowest');

export function count(figure: Figure, by = 1): void {
  const file = process.env['CHAOS_TALLY'];
  if (file !== undefined) appendFileSync(file, `${figure}\t${by}\n`);
}

/** The table, in the order in which the figures were first counted; none where nothing was. */
export function tallyTable(file: string): string {
  if (!existsSync(file)) return '';
  const sums = new Map<Figure, number>();
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const [figure, by] = line.split('\t') as [Figure, string];
    const before = sums.get(figure) ?? 0;
    sums.set(figure, isMost(figure) ? Math.max(before, Number(by)) : before + Number(by));
  }
  const width = Math.max(...[...sums.keys()].map(({ length }) => length));
  return [...sums].map(([figure, sum]) => `  ${figure.padEnd(width)}  ${String(sum).padStart(7)}`).join('\n');
}

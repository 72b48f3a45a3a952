/** `fleet status`: a sentence, then one line a site, the worst first. */
import { changesInWords } from '../../src/decide/fleet/changes-in-words.ts';
import { troublesOf } from '../../src/decide/fleet/troubles.ts';
import { exitCodes, type ExitCode, UsageFault } from '../../src/fault.ts';
import type { AddressRow, FleetRows, SiteRow } from '../../src/fleet/fleet-store.ts';
import { type OutageRow, zonesInOutage } from '../../src/fleet/outages.ts';
import { counted, inFull, lasting, minuteOf, table } from '../../src/plain-text.ts';
import type { JobContext } from '../frame/job.ts';
import { siteTable, type Table, workerTable } from './fleet-tables.ts';
import { type FleetPlace, withFleet } from './place.ts';

export interface FleetView extends FleetRows {
  /** Zones whose nights wait because many failed alike. */
  readonly outages: readonly OutageRow[];
}

export const readView = (place: FleetPlace): Promise<FleetView> =>
  withFleet(place.config(), async ({ store, outages }) => ({
    sites: await store.sites(),
    workers: await store.workers(),
    addresses: await store.addresses(),
    pauses: await store.pauses(),
    queue: await store.queue(),
    outages: zonesInOutage(await outages.all()),
    late: await store.late(),
  }));

export async function status(
  { print }: JobContext,
  place: FleetPlace,
  { names, json }: { readonly names: readonly string[]; readonly json: boolean },
): Promise<ExitCode> {
  const view = await readView(place);
  const unknown = names.find((name) => !view.sites.some(({ site }) => site === name));
  if (unknown !== undefined) throw new UsageFault(`The fleet has no site ${unknown}; fleet status lists all.`);
  const sites = names.length === 0 ? view.sites : view.sites.filter(({ site }) => names.includes(site));
  if (json) print(JSON.stringify({ ...view, sites }));
  else for (const line of describe({ ...view, sites }, new Date())) print(line);
  return sites.some(({ state }) => state === 'failing') ? exitCodes.needsPerson : exitCodes.done;
}

export function describe(view: FleetView, now: Date): string[] {
  const { sites, workers, late } = view;
  return [
    sentenceOf(sites),
    asOf(now),
    '',
    ...linesOf(siteTable(sites, late)),
    '',
    ...linesOf(workerTable(workers, now)),
    ...surroundings(view, now),
  ];
}

export const asOf = (now: Date): string => `As of ${minuteOf(now)}; all times are UTC.`;

const linesOf = ({ headings, rows }: Table): string[] =>
  table([headings, ...rows.map((cells) => cells.map((cell) => (typeof cell === 'string' ? cell : cell.text)))]);

/** Beside sites and workers: troubles, queues, addresses, pauses. */
export function surroundings({ sites, workers, addresses, pauses, queue, outages }: FleetView, now: Date): string[] {
  const troubles = troublesOf({ sites, workers, addresses, queue, outages: outages.map(({ zone }) => zone) }, now);
  const said = changesInWords(troubles.map((trouble) => ({ ...trouble, state: 'trouble' })));
  return [
    ...(said === '' ? [] : [`Trouble: ${said}.`]),
    ...queue.map(
      ({ zone, waiting, oldest_s }) =>
        `Zone ${zone ?? ''}: ${counted(waiting ?? 0, 'job')} waiting, the oldest for ${lasting((oldest_s ?? 0) * 1000)}.`,
    ),
    ...addresses.map((one) => addressInWords(one)),
    ...outages.map(
      ({ zone, until_at, probe }) =>
        `Zone ${zone}: many sites failed alike at Redox; nights wait until ${minuteOf(until_at)}, then ${probe ?? 'one site'} tries first.`,
    ),
    ...pauses.map(
      ({ scope, until_at, because, by_whom }) =>
        `Paused until ${minuteOf(until_at)}: ${scope}, by ${by_whom}: ${because}`,
    ),
  ];
}

/** `497 of 500 sites had a clean last night; 2 are failing, 1 needs a person.` */
export function sentenceOf(sites: readonly SiteRow[]): string {
  const ofState = (state: string): number => sites.filter((site) => site.state === state).length;
  const rest = [
    [ofState('failing'), 'failing'],
    [ofState('needs_person'), 'in need of a person'],
    [ofState('new'), 'new'],
    [sites.filter(({ paused_until }) => paused_until !== null).length, 'paused'],
  ] as const;
  const said = rest.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const clean = `${ofState('ok')} of ${counted(sites.length, 'site')} ended their last night clean`;
  return `${[clean, ...said].join('; ')}.`;
}

export function addressInWords(row: AddressRow): string {
  const { address, used, calls, window_ms, wait_s, paused_until, paused_why } = row;
  const isFull = paused_until === null && (wait_s ?? 0) > 0;
  const full = isFull ? `, the next call waits for ${lasting((wait_s ?? 0) * 1_000)}` : '';
  const paused = paused_until === null ? '' : `, paused until ${minuteOf(paused_until)} (${paused_why ?? ''})`;
  return `Address ${address}: ${inFull(used ?? 0)} of ${counted(calls, 'call')} in ${lasting(window_ms)}${full}${paused}.`;
}

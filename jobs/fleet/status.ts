/** `fleet status`: a sentence, then one line a site, the worst first. */
import { changesInWords } from '../../src/decide/fleet/changes-in-words.ts';
import { troublesOf } from '../../src/decide/fleet/troubles.ts';
import { exitCodes, type ExitCode, UsageFault } from '../../src/fault.ts';
import type { AddressRow, PauseRow, QueueRow, SiteRow, WorkerRow } from '../../src/fleet/fleet-store.ts';
import { type OutageRow, zonesInOutage } from '../../src/fleet/outages.ts';
import { counted, inFull, lasting, minuteOf, table } from '../../src/plain-text.ts';
import type { JobContext } from '../frame/job.ts';
import { type FleetPlace, withFleet } from './place.ts';

/** Everything that is shown of a fleet. No id of a patient, no secret. */
export interface FleetView {
  readonly sites: readonly SiteRow[];
  readonly workers: readonly WorkerRow[];
  readonly addresses: readonly AddressRow[];
  readonly pauses: readonly PauseRow[];
  readonly queue: readonly QueueRow[];
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
  const { sites, workers } = view;
  return [
    sentenceOf(sites),
    '',
    ...table([
      ['site', 'state', 'since', 'clean night', 'next due', 'last end', 'accepted', 'open', 'now'],
      ...sites.map(lineOf),
    ]),
    '',
    ...table([
      ['worker', 'zone', 'slots', 'version', 'folder', 'seen'],
      ...workers.map((one) => [
        one.worker,
        one.zone,
        String(one.slots),
        one.version,
        one.folder_digest,
        `${lasting(now.getTime() - one.seen_at.getTime())} ago`,
      ]),
    ]),
    ...surroundings(view, now),
  ];
}

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

export const addressInWords = ({ address, used, calls, window_ms, paused_until, paused_why }: AddressRow): string =>
  `Address ${address}: ${inFull(used ?? 0)} of ${counted(calls, 'call')} in ${lasting(window_ms)}${
    paused_until === null ? '' : `, paused until ${minuteOf(paused_until)} (${paused_why ?? ''})`
  }.`;

const timeOrNone = (time: Date | null): string => (time === null ? '–' : minuteOf(time));

const lineOf = (site: SiteRow): string[] => [
  site.site,
  site.paused_until === null ? site.state : `${site.state}, paused`,
  minuteOf(site.since),
  timeOrNone(site.clean_at),
  timeOrNone(site.next_due_at),
  site.ended_at === null ? '–' : `${String(site.exit_code ?? 'none')} ${site.reason ?? ''}`,
  String(site.accepted ?? '–'),
  String(site.open_calls ?? '–'),
  runningIn(site),
];

/** `runs on host:4711 since 02:15` */
export const runningIn = ({ running_on, running_since }: SiteRow): string =>
  running_on === null || running_since === null
    ? ''
    : `runs on ${running_on} since ${running_since.toISOString().slice(11, 16)}`;

/** What is wrong with the fleet itself, beside its sites. */
import { isClockWrong } from './clock.ts';

interface FleetState {
  readonly sites: readonly {
    readonly site: string;
    readonly zone: string;
    readonly state: string;
    readonly reason: string | null;
    readonly since: Date;
  }[];
  readonly workers: readonly {
    readonly zone: string;
    readonly version: string;
    readonly worker: string;
    readonly folder_digest: string;
    readonly invalid_sites: readonly string[];
    readonly clock_ahead_ms: number;
    readonly lives: boolean | null;
  }[];
  readonly addresses: readonly {
    readonly address: string;
    readonly paused_until: Date | null;
    readonly paused_why: string | null;
  }[];
  readonly queue: readonly { readonly zone: string | null; readonly oldest_s: number | null }[];
  /** Zones whose nights wait because many failed alike. */
  readonly outages: readonly string[];
}

/** In place of the digest of a folder. */
export const unreadableFolder = 'unreadable';

/** A worker that lives, and starts what is due. */
export const takesJobs = ({ lives, folder_digest, clock_ahead_ms }: FleetState['workers'][number]): boolean =>
  lives === true && folder_digest !== unreadableFolder && !isClockWrong(clock_ahead_ms);

export interface Trouble {
  readonly reason: string;
  readonly subject: string;
}

const lateS = 1_800;
const alike = 5;
const alikeWithinMs = 600_000;

export function troublesOf({ sites, workers, addresses, queue, outages }: FleetState, now: Date): Trouble[] {
  const living = workers.filter(({ lives }) => lives === true);
  const invalid = [...new Set(living.flatMap(({ invalid_sites }) => invalid_sites))].sort();
  const readable = living.filter(({ folder_digest }) => folder_digest !== unreadableFolder);
  const zones = [...new Set(sites.map(({ zone }) => zone))];
  const late = queue.filter(({ oldest_s }) => (oldest_s ?? 0) > lateS);
  return [
    ...zones
      .filter((zone) => !living.some((one) => one.zone === zone))
      .map((subject) => ({ reason: 'no_worker', subject })),
    ...late.map(({ zone }) => ({ reason: 'queue_late', subject: zone ?? '' })),
    ...zones
      .filter((zone) => outages.includes(zone) || failAlike(sites, zone, now))
      .map((subject) => ({ reason: 'many_alike', subject })),
    ...addresses.flatMap(({ address, paused_until, paused_why }) =>
      paused_until === null
        ? []
        : [{ reason: paused_why === '429' ? 'address_limited' : 'address_paused', subject: address }],
    ),
    ...invalid.map((subject) => ({ reason: 'site_invalid', subject })),
    ...living
      .filter((one) => !readable.includes(one))
      .map(({ worker }) => ({ reason: 'folder_unreadable', subject: worker })),
    ...living
      .filter(({ clock_ahead_ms }) => isClockWrong(clock_ahead_ms))
      .map(({ worker }) => ({ reason: 'clock_wrong', subject: worker })),
    ...differing(
      readable.map(({ folder_digest }) => folder_digest),
      'folder_differs',
    ),
    ...differing(
      living.map(({ version }) => version),
      'versions_differ',
    ),
  ];
}

/** Five sites that began to fail within ten minutes for one reason: what they share is looked at first. */
function failAlike(sites: FleetState['sites'], zone: string, now: Date): boolean {
  const counts = new Map<string, number>();
  for (const { state, reason, since } of sites.filter((site) => site.zone === zone)) {
    if (state !== 'failing' || now.getTime() - since.getTime() > alikeWithinMs) continue;
    counts.set(reason ?? '', (counts.get(reason ?? '') ?? 0) + 1);
  }
  return [...counts.values()].some((count) => count >= alike);
}

const differing = (values: readonly string[], reason: string): Trouble[] => {
  const different = [...new Set(values)].sort();
  return different.length < 2 ? [] : [{ reason, subject: different.join(' ') }];
};

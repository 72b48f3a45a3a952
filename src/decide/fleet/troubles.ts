/** What is wrong with the fleet itself, beside its sites. */
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
    readonly folder_digest: string;
    readonly lives: boolean | null;
  }[];
  readonly addresses: readonly {
    readonly address: string;
    readonly paused_until: Date | null;
    readonly paused_why: string | null;
  }[];
  readonly queue: readonly { readonly zone: string | null; readonly oldest_s: number | null }[];
}

export interface Trouble {
  readonly reason: string;
  readonly subject: string;
}

const lateS = 1_800;
const alike = 5;
const alikeWithinMs = 600_000;

export function troublesOf({ sites, workers, addresses, queue }: FleetState, now: Date): Trouble[] {
  const living = workers.filter(({ lives }) => lives === true);
  const zones = [...new Set(sites.map(({ zone }) => zone))];
  const late = queue.filter(({ oldest_s }) => (oldest_s ?? 0) > lateS);
  return [
    ...zones
      .filter((zone) => !living.some((one) => one.zone === zone))
      .map((subject) => ({ reason: 'no_worker', subject })),
    ...late.map(({ zone }) => ({ reason: 'queue_late', subject: zone ?? '' })),
    ...zones.flatMap((zone) =>
      failingAlike(
        sites.filter((site) => site.zone === zone),
        zone,
        now,
      ),
    ),
    ...addresses.flatMap(({ address, paused_until, paused_why }) =>
      paused_until === null
        ? []
        : [{ reason: paused_why === '429' ? 'address_limited' : 'address_paused', subject: address }],
    ),
    ...differing(
      living.map(({ folder_digest }) => folder_digest),
      'folder_differs',
    ),
    ...differing(
      living.map(({ version }) => version),
      'versions_differ',
    ),
  ];
}

/** Five sites that began to fail within ten minutes for one reason: what they share is looked at first. */
function failingAlike(sites: FleetState['sites'], zone: string, now: Date): Trouble[] {
  const counts = new Map<string, number>();
  for (const { state, reason, since } of sites) {
    if (state !== 'failing' || now.getTime() - since.getTime() > alikeWithinMs) continue;
    counts.set(reason ?? '', (counts.get(reason ?? '') ?? 0) + 1);
  }
  return [...counts.values()].some((count) => count >= alike) ? [{ reason: 'many_alike', subject: zone }] : [];
}

const differing = (values: readonly string[], reason: string): Trouble[] => {
  const different = [...new Set(values)].sort();
  return different.length < 2 ? [] : [{ reason, subject: different.join(' ') }];
};

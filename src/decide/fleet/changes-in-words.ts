export interface FleetChange {
  readonly subject: string;
  readonly state: string;
  readonly reason: string;
}

const named = 8;

/** One message for all that changed: `4 sites failing: unavailable – a, b, c, d; ok again – e` */
export function changesInWords(changes: readonly FleetChange[]): string {
  const groups = new Map<string, Set<string>>();
  for (const change of changes) {
    const heading = headingOf(change);
    groups.set(heading, (groups.get(heading) ?? new Set()).add(change.subject));
  }
  return [...groups]
    .sort(([one], [other]) => rankOf(one) - rankOf(other))
    .map(([heading, subjects]) => `${heading} – ${listed([...subjects].sort())}`)
    .join('; ');
}

function headingOf({ state, reason }: FleetChange): string {
  if (state === 'trouble') return troubles[reason] ?? reason;
  if (state === 'over') return `over: ${troubles[reason] ?? reason}`;
  if (state === 'ok') return 'ok again';
  return state === 'failing' ? `failing, ${reason}` : 'needs a person';
}

const rankOf = (heading: string): number =>
  ['failing', 'no ', 'nights', 'needs', 'over', 'ok'].findIndex((word) => heading.startsWith(word));

export const troubles: Readonly<Record<string, string>> = {
  no_worker: 'no worker in zone',
  queue_late: 'nights wait for over 30 minutes in zone',
  many_alike: 'many sites fail alike in zone',
  address_limited: 'Redox limits the address',
  address_paused: 'the address is paused',
  site_invalid: 'no night, because its file does not fit (fleet check says why)',
  folder_unreadable: 'no folder of sites can be read by the worker',
  clock_wrong: 'no start by the worker, because its clock and that of the fleet database differ',
  folder_differs: 'machines have different folders of sites',
  versions_differ: 'workers have different versions',
};

function listed(subjects: readonly string[]): string {
  const rest = subjects.length - named;
  return rest <= 1 ? subjects.join(', ') : `${subjects.slice(0, named).join(', ')} and ${rest} more`;
}

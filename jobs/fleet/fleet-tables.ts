/** The tables of `fleet status` and of the page: sites, the worst first, and workers. All times are UTC. */
import { isClockWrong } from '../../src/decide/fleet/clock.ts';
import type { LateRow, SiteRow, WorkerRow } from '../../src/fleet/fleet-store.ts';
import { inFull, lasting } from '../../src/plain-text.ts';

/** `mark`: how the page colours it. */
export type Cell = string | { readonly text: string; readonly mark: string };

export interface Table {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

type Column<Row> = readonly [heading: string, of: (row: Row) => Cell];

const tableOf = <Row>(rows: readonly Row[], columns: readonly Column<Row>[]): Table => ({
  headings: columns.map(([heading]) => heading),
  rows: rows.map((row) => columns.map(([, of]) => of(row))),
});

const none = '–';

/** `11-29 02:15` */
const shortTime = (time: Date | null): string =>
  time === null ? none : time.toISOString().slice(5, 16).replace('T', ' ');

const amount = (count: number | null): string => (count === null ? none : inFull(count));

/** `97.31 %`: the share has four decimals. */
const percent = (share: number | null): string => (share === null ? none : `${(share * 100).toFixed(2)} %`);

export function siteTable(sites: readonly SiteRow[], late: readonly LateRow[]): Table {
  const lateS = new Map(late.map(({ site, late_s }) => [site, late_s]));
  return tableOf<SiteRow>(sites, [
    ['site', (row) => row.site],
    ['state', stateOf],
    ['since', (row) => shortTime(row.since)],
    ['now', (row) => nowOf(row, lateS.get(row.site) ?? null)],
    ['clean night', (row) => shortTime(row.clean_at)],
    ['next due', (row) => shortTime(row.next_due_at)],
    ['last end', (row) => (row.ended_at === null ? none : `${String(row.exit_code ?? none)} ${row.reason ?? ''}`)],
    ['took', (row) => (row.took_ms === null ? none : lasting(row.took_ms))],
    ['accepted', (row) => amount(row.accepted)],
    ['open', (row) => amount(row.open_calls)],
    ['waiting', (row) => amount(row.waiting)],
    ['nights left', (row) => amount(row.nights_left)],
    ['for a person', (row) => amount(row.person_lines)],
    ['findable', (row) => percent(row.findable_share)],
    ['nightly', (row) => `${row.nightly} ${row.time_zone}`],
    ['zone', (row) => row.zone],
    ['group', (row) => row.site_group],
  ]);
}

function stateOf({ state, paused_until }: SiteRow): Cell {
  const words = state.replace('_', ' ');
  return paused_until === null ? { text: words, mark: state } : { text: `${words}, paused`, mark: 'paused' };
}

/** `runs on host:4711 since 02:15` */
function nowOf({ running_on, running_since }: SiteRow, lateS: number | null): string {
  if (running_on !== null && running_since !== null) {
    return `runs on ${running_on} since ${running_since.toISOString().slice(11, 16)}`;
  }
  return lateS === null ? '' : `has been due for ${lasting(lateS * 1_000)}`;
}

export const workerTable = (workers: readonly WorkerRow[], now: Date): Table =>
  tableOf<WorkerRow>(workers, [
    ['worker', (row) => row.worker],
    ['zone', (row) => row.zone],
    ['slots', (row) => String(row.slots)],
    ['version', (row) => row.version],
    ['folder', (row) => row.folder_digest],
    ['clock', clockOf],
    ['started', (row) => shortTime(row.started_at)],
    [
      'seen',
      (row) => {
        const ago = `${lasting(now.getTime() - row.seen_at.getTime())} ago`;
        return row.lives === true ? ago : { text: ago, mark: 'failing' };
      },
    ],
  ]);

function clockOf({ clock_ahead_ms }: WorkerRow): Cell {
  if (!isClockWrong(clock_ahead_ms)) return 'right';
  const text = `${lasting(Math.abs(clock_ahead_ms))} ${clock_ahead_ms > 0 ? 'ahead' : 'behind'}: starts nothing`;
  return { text, mark: 'failing' };
}

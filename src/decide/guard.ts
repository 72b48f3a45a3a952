/**
 * The guard checks a plan before the first byte is sent, and refuses what is implausible: a source that lost its rows,
 * or was filled with another site's, looks like a mass change. It reports figures; finding the cause is left to a
 * person. Every reason is a clause that continues "Refused: ".
 */
import { inFull } from '../plain-text.ts';
import { figureNames, figures, type ChangeCounts, type ChangeLimits, type Figure, type RowCounts } from './change.ts';
import type { Entity } from '../contract/contract.ts';
import type { WatchedColumn } from '../contract/row/understood.ts';

/** The ledger's rows before this run: rows that were sent to Redox or owed to it. For merges: those that were sent. */
export type KnownCounts = Readonly<Record<Entity, number>>;

/** The usual changes of a night, from the last sweeps, each with the runs since the sweep before it. */
export interface Usual {
  readonly nights: number;
  readonly largest: Readonly<Partial<Record<Figure, number>>>;
  /** How many nights of change this run covers: more than one after an outage. */
  readonly nightsSince: number;
}

export const noUsual: Usual = { nights: 0, largest: {}, nightsSince: 1 };

/** Shares are guarded only when the ledger has at least this many rows (decision 16). */
export const smallestGuarded = 100;
/** Up to this many rows are never a mass change: one family soon exceeds a share of 120 patients. */
const fewRows = 10;
/** The guard learns from this many nights what is usual; `prune` keeps them. */
export const usualNights = 14;
/** A week of nights always includes working days. */
const nightsToLearn = 7;
/** A figure is unusual when it exceeds `times` the largest of the previous nights and this part of the limit. */
const unusual = { times: 10, partOfLimit: 1 / 4 };

/** False if all figures are small, so that the ledger's rows need not be counted. */
export const isWorthALook = (counts: ChangeCounts): boolean => figureNames.some((name) => counts[name] > fewRows);

/**
 * With this many rows of an entity in the ledger, no figure exceeds its limit, so counting can stop here. A limit of 0
 * gives Infinity.
 */
export const enoughKnown = (counts: ChangeCounts, limits: ChangeLimits): number =>
  Math.max(
    smallestGuarded,
    ...figureNames
      .filter((figure) => counts[figure] > fewRows)
      .map((figure) => Math.ceil(counts[figure] / (limits[figures[figure].change] * unusual.partOfLimit))),
  );

/**
 * The source returned no merges although Redox was sent some. Every scope reads all merges, so this check applies in
 * each.
 */
export function missingMerges(read: number, sent: number): string | null {
  return sent > 0 && read === 0 ? `the EHR returned no merges, although ${inFull(sent)} were sent to Redox` : null;
}

/** All sent rows of an entity are gone at once, which is a fault of the source at a site of any size. */
export function allGone(
  newlyGone: Readonly<Record<'patient' | 'encounter', number>>,
  rows: RowCounts,
  known: KnownCounts,
): readonly string[] {
  return (['patient', 'encounter'] as const).flatMap((entity) => {
    const isAll = newlyGone[entity] > fewRows && rows[entity].gone >= known[entity];
    if (!isAll) return [];
    return [
      `all ${inFull(known[entity])} ${basis[entity]} in the ledger are gone; the EHR returned ${inFull(rows[entity].read)}`,
    ];
  });
}

/** Fewer renamed patients than this may have been renamed by hand. */
const fewRenamed = 3;

/** Patients are gone while new ones have ids that differ from theirs only in blanks, case or leading zeros. */
export const renamedPatients = (renamed: number, newlyGone: number): readonly string[] =>
  renamed >= fewRenamed && renamed * 2 > newlyGone
    ? [
        `${inFull(renamed)} patients are gone, and as many new ones have ids that differ from theirs only in blanks, case or leading ` +
          'zeros (open-actions.csv of a --plan-only run lists them)',
      ]
    : [];

/** One watched column, counted over the patients of a plan. */
export interface ColumnCount {
  readonly column: WatchedColumn;
  /** Changed patients in whom the column was understood when they were last sent. */
  readonly understoodBefore: number;
  /** How many of those have it unreadable now. */
  readonly lost: number;
  /** Patients that Redox was never sent. */
  readonly newPatients: number;
  /** How many of those have a value that cannot be understood. */
  readonly newUnreadable: number;
}

/** A larger share than this is too much for data-entry errors. */
const unreadableShare = 1 / 5;
/** The threshold of a first load, which may be as small as a trial. */
const fewUnreadable = 5;

/** Columns that turned unreadable, at sites of any size; in a first load, match keys that cannot be read. */
export function unreadableColumns(columns: readonly ColumnCount[], isFirstLoad: boolean): readonly string[] {
  return columns.flatMap(({ column, understoodBefore, lost, newPatients, newUnreadable }) => {
    if (lost >= fewRows && lost > understoodBefore * unreadableShare) {
      return [
        `${column} was readable in ${inFull(understoodBefore)} of the changed patients and is now unreadable in ${inFull(lost)}; check whether the source writes it in another form`,
      ];
    }
    const isUnreadable = newUnreadable >= fewUnreadable && newUnreadable > newPatients * unreadableShare;
    if (!isFirstLoad || !isUnreadable || !matchKeys.has(column)) return [];
    return [
      `${column} is unreadable in ${inFull(newUnreadable)} of the ${inFull(newPatients)} patients of this first load, so others could not ` +
        'find them by it; if the EHR really holds such values, pass --allow-large-change',
    ];
  });
}

const matchKeys: ReadonlySet<WatchedColumn> = new Set(['first_name', 'last_name', 'birth_date', 'zip', 'mrn']);

/** With fewer patients than this, the ledger was filled by a trial or an interrupted load. */
export const isFirstLoad = (known: KnownCounts): boolean => known.patient < smallestGuarded;

/**
 * Refuses a first load that was not requested. `patients`: how many would be sent. `because`: what makes it a first
 * load.
 */
export function unaskedFirstLoad(
  patients: number,
  known: KnownCounts,
  because = known.patient === 0
    ? 'the ledger has no patients'
    : `the ledger has only ${inFull(known.patient)} patients`,
): string | null {
  if (!isFirstLoad(known) || patients < smallestGuarded) return null;
  return (
    `${because}, so all ${inFull(patients)} ${known.patient === 0 ? '' : 'other '}patients of the EHR would be sent. If Redox already has ` +
    'these patients, run `baseline`. If this is the first load, pass --allow-large-change'
  );
}

/** The figures that are too large, each as a clause. */
export function tooMuch(
  counts: ChangeCounts,
  { known, owed = known, rows, limits, usual, areFirstSummaries = false }: GuardInput,
): { readonly figure: Figure; readonly reason: string }[] {
  return figureNames.flatMap((figure) => {
    const { change, of } = figures[figure];
    // While rows wait, a change is a share of what Redox has or was to get by now, not of the whole load.
    const [count, base] = [counts[figure], (change === 'new' ? owed : known)[of]];
    if (base < smallestGuarded || count <= fewRows) return [];
    const limit = limits[change];
    const grown = `${described(figure, count, base)}${readClause(figure, rows)}`;
    if (count > limit * base) {
      const why = figure === 'summaries_new' && areFirstSummaries ? firstSummaries : '';
      return [{ figure, reason: `${grown}, and LARGE_CHANGE allows ${change}=${percent(limit)}${why}` }];
    }
    if (usual.nights < nightsToLearn || count <= limit * base * unusual.partOfLimit) return [];
    const largest = usual.largest[figure] ?? 0;
    if (count <= largest * unusual.times * usual.nightsSince) return [];
    const before = `in the last ${usual.nights} nights there were at most ${inFull(largest)} a night`;
    return [{ figure, reason: `${grown}, and ${before}` }];
  });
}

/** Unchanged rows of one entity with messages that a release or a setting builds differently. */
export interface Rebuilt {
  readonly entity: 'patient' | 'encounter' | 'summary';
  readonly rows: number;
  /** How many of them send a call, estimated from a sample. */
  readonly calls: number;
  /** How long these calls take at RATE_LIMIT, in words; null without a limit. */
  readonly lasts: string | null;
}

/** What a release or a setting means for the night, as a clause. */
export const rebuiltClause = ({ entity, rows, calls, lasts }: Rebuilt): string =>
  `a release or a setting builds other messages: of ${inFull(rows)} unchanged ${rebuiltRows[entity]} about ${inFull(calls)} are sent again` +
  (lasts === null ? '' : `, which takes ${lasts} at RATE_LIMIT`);

/** Refuses a release or a setting that sends more than LARGE_CHANGE; null if a person need not be asked. */
export function rebuiltTooMuch(rebuilt: Rebuilt, known: KnownCounts, limits: ChangeLimits): string | null {
  const base = known[rebuilt.entity === 'summary' ? 'patient' : rebuilt.entity];
  if (base < smallestGuarded || rebuilt.calls <= Math.max(fewRows, limits.changed * base)) return null;
  return `${rebuiltClause(rebuilt)}, and LARGE_CHANGE allows changed=${percent(limits.changed)}`;
}

export interface GuardInput {
  readonly known: KnownCounts;
  /** With the rows that wait for their turn; the same by default. */
  readonly owed?: KnownCounts;
  readonly rows: RowCounts;
  readonly limits: ChangeLimits;
  readonly usual: Usual;
  /** No run has looked at a summary before. */
  readonly areFirstSummaries?: boolean;
}

/** Why every summary of a site can be new at once. */
const firstSummaries =
  '; none was sent before, because summary/ is new in the contract, or because `baseline` and `acknowledge` leave summaries to be sent';

const words: Readonly<Record<Figure, string>> = {
  patients_changed: 'patients have changed',
  patients_gone: 'patients are gone',
  patients_new: 'patients are new',
  patients_merged: 'patients were merged',
  patients_unmerged: 'merges were undone',
  encounters_changed: 'visits have changed',
  encounters_gone: 'visits are gone',
  encounters_new: 'visits are new',
  summaries_new: 'summaries of patients are new',
};

const basis: Readonly<Record<Entity, string>> = { patient: 'patients', encounter: 'visits', merge: 'merges' };
const rebuiltRows: Readonly<Record<Rebuilt['entity'], string>> = { ...basis, summary: 'summaries' };

const described = (figure: Figure, count: number, base: number): string =>
  `${inFull(count)} ${words[figure]} (${percent(count / base)} of the ${inFull(base)} ${basis[figures[figure].of]} in the ledger)`;

/** For rows that are gone, adds how many the EHR returned. */
function readClause(figure: Figure, rows: RowCounts): string {
  if (figure !== 'patients_gone' && figure !== 'encounters_gone') return '';
  const of = figures[figure].of;
  return rows[of].read === 0 ? `; the EHR returned no ${basis[of]}` : `; the EHR returned ${inFull(rows[of].read)}`;
}

/** `24%`, `0.5%`; two significant digits, so that small shares stay above zero. */
const percent = (share: number): string => `${Number((share * 100).toPrecision(2)).toString()}%`;

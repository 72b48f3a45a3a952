/**
 * The guard looks at a plan before the first byte is sent, and says what is implausible about it: a source that lost its rows, or
 * was filled with somebody else's, looks just like a mass change. It never says why a thing is so; that is for a person to find
 * out. Every reason is a clause that goes on from "Refused: ".
 */
import { figureNames, figures, type ChangeCounts, type ChangeLimits, type Figure } from './change.ts';
import type { Entity } from '../contract/contract.ts';
import type { RowCounts } from './row-count.ts';
import type { WatchedColumn } from '../contract/row/understood.ts';

/** What the ledger knew before this run: rows that Redox was told, or that were owed to it. Merges: those that it was told. */
export type KnownCounts = Readonly<Record<Entity, number>>;

/** What the nights before show is usual: of the last sweeps, each with the runs since the one before it. */
export interface Usual {
  readonly nights: number;
  readonly largest: Readonly<Partial<Record<Figure, number>>>;
  /** How many nights' worth of change this run may have seen: more than one after an outage. */
  readonly nightsSince: number;
}

export const noUsual: Usual = { nights: 0, largest: {}, nightsSince: 1 };

/** Shares are guarded from so many known rows on (decision 16). */
export const smallestGuarded = 100;
/** So many rows are no mass change anywhere: a share of 120 patients is soon reached by one family. */
const fewRows = 10;
/** From the largest counts of so many nights the guard learns what is usual; `prune` keeps them. */
export const usualNights = 14;
/** How many nights make a week, so that a working day is among them. */
const nightsToLearn = 7;
/** So many times the largest of the nights before is not usual, where it is also more than this part of the limit. */
const unusual = { times: 10, partOfLimit: 1 / 4 };

/** False where nothing that is counted can be too much, so that what the ledger knows need not be counted. */
export const isWorthALook = (counts: ChangeCounts): boolean => figureNames.some((name) => counts[name] > fewRows);

/**
 * How many known rows of an entity are enough for nothing that is counted to be too much, whatever is usual: where there are more, it
 * does not matter how many. A limit of nothing is never enough.
 */
export const enoughKnown = (counts: ChangeCounts, limits: ChangeLimits): number =>
  Math.max(
    smallestGuarded,
    ...figureNames
      .filter((figure) => counts[figure] > fewRows)
      .map((figure) => Math.ceil(counts[figure] / (limits[figures[figure].change] * unusual.partOfLimit))),
  );

/** A source without merges where Redox was told some. Merges are read in full in every scope, so this is evidence in each. */
export function missingMerges(read: number, sent: number): string | null {
  return sent > 0 && read === 0 ? `the EHR gave no merges, and Redox was told ${number(sent)}` : null;
}

/** All that Redox was told of an entity is gone at once: no site is too small for that to be a fault of the source. */
export function allGone(
  newlyGone: Readonly<Record<'patient' | 'encounter', number>>,
  rows: RowCounts,
  known: KnownCounts,
): readonly string[] {
  return (['patient', 'encounter'] as const).flatMap((entity) => {
    const isAll = newlyGone[entity] > fewRows && rows[entity].gone >= known[entity];
    if (!isAll) return [];
    return [
      `all ${number(known[entity])} ${basis[entity]} that the ledger knows are gone; the EHR gave ${number(rows[entity].read)}`,
    ];
  });
}

/** Of so many patients nobody renames one by one. */
const fewRenamed = 3;

/** Patients that are gone while others come under ids that differ only in blanks, case or leading zeros. */
export const renamedPatients = (renamed: number, newlyGone: number): readonly string[] =>
  renamed >= fewRenamed && renamed * 2 > newlyGone
    ? [
        `${number(renamed)} patients are gone, and as many new ones have ids that differ from theirs only in blanks, case or leading ` +
          'zeros (open-actions.csv of a plan names them)',
      ]
    : [];

/** One watched column, over the patients that a plan would tell. */
export interface ColumnCount {
  readonly column: WatchedColumn;
  /** Of the patients whose row has changed: in how many it was understood when they were last told. */
  readonly understoodBefore: number;
  /** Of those, in how many it is not now. */
  readonly lost: number;
  /** Patients whom Redox was never told. */
  readonly newPatients: number;
  /** Of those, in how many it is given and cannot be understood. */
  readonly newUnreadable: number;
}

/** A larger share of the rows is no slip of a desk's any more. */
const unreadableShare = 1 / 5;
/** In a first load, which may be as small as a trial. */
const fewUnreadable = 5;

/** Columns that turned unreadable, at sites of any size; in a first load, match keys that cannot be read. */
export function unreadableColumns(columns: readonly ColumnCount[], isFirstLoad: boolean): readonly string[] {
  return columns.flatMap(({ column, understoodBefore, lost, newPatients, newUnreadable }) => {
    if (lost >= fewRows && lost > understoodBefore * unreadableShare) {
      return [
        `${column} was understood in ${number(understoodBefore)} of the patients that have changed, and cannot be in ${number(lost)} of them now; see whether the source writes it in another form`,
      ];
    }
    const isUnreadable = newUnreadable >= fewUnreadable && newUnreadable > newPatients * unreadableShare;
    if (!isFirstLoad || !isUnreadable || !matchKeys.has(column)) return [];
    return [
      `${column} cannot be read in ${number(newUnreadable)} of the ${number(newPatients)} patients of this first load, so nobody would ` +
        'find them by it; where that is how the EHR has it, --allow-large-change starts it all the same',
    ];
  });
}

const matchKeys: ReadonlySet<WatchedColumn> = new Set(['first_name', 'last_name', 'birth_date', 'zip', 'mrn']);

/** A ledger that knows so few patients was filled by a trial, or by a load that was broken off early. */
export const isFirstLoad = (known: KnownCounts): boolean => known.patient < smallestGuarded;

/** A first load that nobody asked for. `patients`: how many would be told. `because`: what makes it a first load. */
export function unaskedFirstLoad(
  patients: number,
  known: KnownCounts,
  because = known.patient === 0
    ? 'the ledger knows no patient'
    : `the ledger knows only ${number(known.patient)} patients`,
): string | null {
  if (!isFirstLoad(known) || patients < smallestGuarded) return null;
  return (
    `${because}, so all ${number(patients)} ${known.patient === 0 ? '' : 'others '}of the EHR would be sent. Where Redox has a copy of them ` +
    'already, `baseline` was meant; where it has none, this is the first load, and --allow-large-change starts it'
  );
}

/** The figures that are too large, each in a clause. */
export function tooMuch(
  counts: ChangeCounts,
  { known, rows, limits, usual }: GuardInput,
): { readonly figure: Figure; readonly reason: string }[] {
  return figureNames.flatMap((figure) => {
    const { change, of } = figures[figure];
    const [count, base] = [counts[figure], known[of]];
    if (base < smallestGuarded || count <= fewRows) return [];
    const limit = limits[change];
    const said = `${described(figure, count, base)}${wasRead(figure, rows)}`;
    if (count > limit * base) {
      return [{ figure, reason: `${said}, and LARGE_CHANGE allows ${change}=${percent(limit)}` }];
    }
    if (usual.nights < nightsToLearn || count <= limit * base * unusual.partOfLimit) return [];
    const largest = usual.largest[figure] ?? 0;
    if (count <= largest * unusual.times * usual.nightsSince) return [];
    const before = `in the last ${usual.nights} nights there were at most ${number(largest)} a night`;
    return [{ figure, reason: `${said}, and ${before}` }];
  });
}

export interface GuardInput {
  readonly known: KnownCounts;
  readonly rows: RowCounts;
  readonly limits: ChangeLimits;
  readonly usual: Usual;
}

const words: Readonly<Record<Figure, string>> = {
  patients_changed: 'patients have changed',
  patients_gone: 'patients are gone',
  patients_new: 'patients are new',
  patients_merged: 'patients were merged',
  patients_unmerged: 'merged patients are merged no more',
  encounters_changed: 'visits have changed',
  encounters_gone: 'visits are gone',
  encounters_new: 'visits are new',
};

const basis: Readonly<Record<Entity, string>> = { patient: 'patients', encounter: 'visits', merge: 'merges' };

const described = (figure: Figure, count: number, base: number): string =>
  `${number(count)} ${words[figure]} (${percent(count / base)} of the ${number(base)} ${basis[figures[figure].of]} that the ledger knows)`;

/** Of rows that are gone it helps to see how few came. */
function wasRead(figure: Figure, rows: RowCounts): string {
  if (figure !== 'patients_gone' && figure !== 'encounters_gone') return '';
  const of = figures[figure].of;
  return rows[of].read === 0 ? `; the EHR gave no ${basis[of]}` : `; the EHR gave ${number(rows[of].read)}`;
}

const number = (count: number): string => count.toLocaleString('en-US');

/** `24%`, `0.5%`; what is less is not rounded to nothing. */
const percent = (share: number): string => `${Number((share * 100).toPrecision(2)).toString()}%`;

/**
 * Times of the EHR, parsed from the text that Postgres prints, and written in Redox's form:
 *
 *   2023-01-27                       a date: stays that date
 *   2023-01-27 16:17:47.123456       a wall clock, in the given zone: `2023-01-27T22:17:47.123Z`
 *   2023-01-27 16:17:47+00           an instant: `2023-01-27T16:17:47.000Z`
 *
 * A date is sent as a bare date in every field, even where Redox's list says DateTime. Redox itself demands that a date without a
 * known time has no time, and adds none ("datetime values and time zones" in Redox's docs): an invented midnight is the day before,
 * west of Greenwich.
 *
 * Unreadable texts (`infinity`, years before Christ or beyond 9999, 24:00, 30 February) are `malformed`; they never throw.
 */
import { occurrencesOf } from './wall-clock.ts';
import { leftOut, read, type Reading } from '../reading.ts';

/** Date, minute, second, fraction, zone. */
const shape =
  /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)? ?(Z|[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?)?)?$/;

export type Written =
  | { readonly kind: 'date'; readonly date: string }
  /** The wall clock's reading as if it were UTC. */
  | { readonly kind: 'wall'; readonly date: string; readonly wallMs: number }
  | { readonly kind: 'instant'; readonly date: string; readonly wallMs: number; readonly ms: number };

/** One meaning of a text: the time to send, and the first and last instant that it can stand for. */
export interface Meaning {
  readonly sent: string;
  readonly firstMs: number;
  readonly lastMs: number;
}

const firstInstantMs = Date.parse('0001-01-01T00:00:00.000Z');
const lastInstantMs = Date.parse('9999-12-31T23:59:59.999Z');
const dayMs = 24 * 60 * 60 * 1000;

/** A time or a date. In a repeated hour, the first occurrence is taken. */
export const readTime = (text: string, zone: string): Reading<string> => firstOf(meaningsOf(text, zone));

export interface Period {
  readonly start: Reading<string>;
  readonly end: Reading<string>;
}

/**
 * Start and end of a period. In a repeated hour, the end is the later occurrence if the first would lie before the
 * start. An end before its start in every reading is sent as it is, because only a person can tell which of them is
 * wrong.
 */
export const periodOf = (starts: Reading<readonly Meaning[]>, ends: Reading<readonly Meaning[]>): Period => {
  const from = starts.value?.[0];
  const firstEnd = ends.value?.[0];
  const fittingEnd = ends.value?.find(({ lastMs }) => from === undefined || lastMs >= from.firstMs);
  const contradiction = firstEnd !== undefined && fittingEnd === undefined ? (['end_before_start'] as const) : [];
  return {
    start: { value: from?.sent, problems: starts.problems },
    end: { value: (fittingEnd ?? firstEnd)?.sent, problems: [...ends.problems, ...contradiction] },
  };
};

/** The time to send, the first where there are two. */
export const firstOf = ({ value, problems }: Reading<readonly Meaning[]>): Reading<string> => ({
  value: value?.[0]?.sent,
  problems,
});

/** A cache of recent texts, because a visit's rows repeat the same few times in coded parts and texts. */
const lately = { zone: '', meanings: new Map<string, Reading<readonly Meaning[]>>() };
const keptMeanings = 256;

/** The meanings of a text, earliest first; left out where it is unreadable. */
export const meaningsOf = (text: string, zone: string): Reading<readonly Meaning[]> => {
  if (lately.zone !== zone || lately.meanings.size >= keptMeanings) {
    lately.meanings.clear();
    lately.zone = zone;
  }
  let meanings = lately.meanings.get(text);
  if (meanings === undefined) lately.meanings.set(text, (meanings = workedOut(text, zone)));
  return meanings;
};

const workedOut = (text: string, zone: string): Reading<readonly Meaning[]> => {
  const written = writtenIn(text);
  if (written === undefined) return leftOut('malformed');
  if (written.kind === 'date') return read([wholeDay(written.date, zone)]);

  const { instants, problem } =
    written.kind === 'wall' ? occurrencesOf(written.wallMs, zone) : { instants: [written.ms], problem: undefined };
  // An offset can move the first or last day of the calendar out of it.
  const inCalendar = instants.filter((ms) => ms >= firstInstantMs && ms <= lastInstantMs);
  if (inCalendar.length === 0) return leftOut('malformed');
  return read(inCalendar.map(atInstant), ...(problem === undefined ? [] : [problem]));
};

const atInstant = (ms: number): Meaning => ({ sent: new Date(ms).toISOString(), firstMs: ms, lastMs: ms });

const wholeDay = (date: string, zone: string): Meaning => {
  const midnight = Date.parse(`${date}T00:00:00.000Z`);
  return {
    sent: date,
    firstMs: Math.min(...occurrencesOf(midnight, zone).instants),
    lastMs: Math.max(...occurrencesOf(midnight + dayMs, zone).instants) - 1,
  };
};

export const writtenIn = (text: string): Written | undefined => {
  const [, date, minute, second = '00', fraction = '', zone] = shape.exec(text.trim()) ?? [];
  if (date === undefined) return undefined;
  // Truncated rather than rounded, so that 23:59:59.9999 stays on its day.
  const clock = minute === undefined ? '00:00:00.000' : `${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}`;
  const wallMs = millisecondsOf(date, clock);
  if (wallMs === undefined) return undefined;
  if (minute === undefined) return { kind: 'date', date };
  if (zone === undefined) return { kind: 'wall', date, wallMs };
  const offset = offsetMsOf(zone);
  return offset === undefined ? undefined : { kind: 'instant', date, wallMs, ms: wallMs - offset };
};

/** Date.parse reads 30 February as 2 March and 24:00 as the next day; a valid time stays on the written day. */
const millisecondsOf = (date: string, clock: string): number | undefined => {
  const ms = Date.parse(`${date}T${clock}Z`);
  return ms >= firstInstantMs && new Date(ms).getUTCDate() === Number(date.slice(8)) ? ms : undefined;
};

const offsetMsOf = (zone: string): number | undefined => {
  if (zone === 'Z') return 0;
  const [hours = 0, minutes = 0, seconds = 0] = (zone.slice(1).match(/\d{2}/g) ?? []).map(Number);
  // Postgres limits offsets to 15:59:59.
  if (hours > 15 || minutes > 59 || seconds > 59) return undefined;
  return (zone.startsWith('-') ? -1000 : 1000) * (hours * 3600 + minutes * 60 + seconds);
};

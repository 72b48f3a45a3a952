/**
 * Times of the EHR, read from the text that Postgres prints, and written as Redox wants them:
 *
 *   2023-01-27                       a date: stays that date
 *   2023-01-27 16:17:47.123456       a wall clock, in the zone given: `2023-01-27T22:17:47.123Z`
 *   2023-01-27 16:17:47+00           an instant: `2023-01-27T16:17:47.000Z`
 *
 * A date goes out as the bare date in every field, also where Redox's list says DateTime. Its own rule is never to send a
 * time where only the date is known (a midnight made up here is the day before, west of Greenwich), and it adds none to
 * a value that has none: "datetime values and time zones" in Redox's docs. To leave the value out would tell less.
 *
 * What cannot be read (`infinity`, years before Christ or beyond 9999, 24:00, 30 February) is `malformed`, never thrown.
 */
import { occurrencesOf } from './wall-clock.ts';
import { leftOut, read, type Reading } from '../reading.ts';

/** Date, minute, second, fraction, zone. */
const shape =
  /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)? ?(Z|[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?)?)?$/;

export type Written =
  | { readonly kind: 'date'; readonly date: string }
  /** What the clock on the wall showed, as if that clock were UTC. */
  | { readonly kind: 'wall'; readonly date: string; readonly wallMs: number }
  | { readonly kind: 'instant'; readonly date: string; readonly wallMs: number; readonly ms: number };

/** One way to take a text: what to send for it, and the first and last instant that it can mean. */
export interface Meaning {
  readonly sent: string;
  readonly firstMs: number;
  readonly lastMs: number;
}

const firstInstantMs = Date.parse('0001-01-01T00:00:00.000Z');
const lastInstantMs = Date.parse('9999-12-31T23:59:59.999Z');
const dayMs = 24 * 60 * 60 * 1000;

/** A time or a date. An hour that occurs twice is taken as its first occurrence. */
export const readTime = (text: string, zone: string): Reading<string> => firstOf(meaningsOf(text, zone));

export interface Period {
  readonly start: Reading<string>;
  readonly end: Reading<string>;
}

/**
 * Start and end of one thing. In the hour that occurs twice the end is the later occurrence where the first would lie
 * before the start. An end that lies before its start in every reading is sent as it is: which of the two is wrong only
 * people can say.
 */
export const readPeriod = (start: string | undefined, end: string | undefined, zone: string): Period =>
  periodOf(
    start === undefined ? leftOut() : meaningsOf(start, zone),
    end === undefined ? leftOut() : meaningsOf(end, zone),
  );

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

/** What the texts read last mean: a visit says the same few times of all its rows, in the coded parts and in their texts. */
const lately = { zone: '', meanings: new Map<string, Reading<readonly Meaning[]>>() };
const keptMeanings = 256;

/** The ways to take a text, the earliest first; none where it cannot be read. */
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
  // An offset can carry the first or last day of the calendar out of it.
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
  // Truncated, not rounded: 23:59:59.9999 is still that day.
  const clock = minute === undefined ? '00:00:00.000' : `${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}`;
  const wallMs = millisecondsOf(date, clock);
  if (wallMs === undefined) return undefined;
  if (minute === undefined) return { kind: 'date', date };
  if (zone === undefined) return { kind: 'wall', date, wallMs };
  const offset = offsetMsOf(zone);
  return offset === undefined ? undefined : { kind: 'instant', date, wallMs, ms: wallMs - offset };
};

/** Date.parse takes 30 February for 2 March and 24:00 for the next day; a real time is one of the day that is written. */
const millisecondsOf = (date: string, clock: string): number | undefined => {
  const ms = Date.parse(`${date}T${clock}Z`);
  return ms >= firstInstantMs && new Date(ms).getUTCDate() === Number(date.slice(8)) ? ms : undefined;
};

const offsetMsOf = (zone: string): number | undefined => {
  if (zone === 'Z') return 0;
  const [hours = 0, minutes = 0, seconds = 0] = (zone.slice(1).match(/\d{2}/g) ?? []).map(Number);
  // Postgres knows no offset beyond 15:59:59.
  if (hours > 15 || minutes > 59 || seconds > 59) return undefined;
  return (zone.startsWith('-') ? -1000 : 1000) * (hours * 3600 + minutes * 60 + seconds);
};

/** Times in the time zone of the site. */
import { html, type Markup } from '../markup.ts';

export interface SiteClock {
  /** An IANA name, or UTC. */
  readonly zone: string;
  /** `31 January 2026, 02:15 CST (America/Chicago)`; in UTC `31 January 2026, 08:15 UTC`. */
  readonly moment: (time: Date) => Markup;
  /** `31 January 2026` */
  readonly date: (time: Date) => string;
  /** `31 Jan` */
  readonly shortDate: (time: Date) => string;
  /** `2026-01-31` */
  readonly isoDate: (time: Date) => string;
  /** `02:15`, or `02:15:30` where seconds matter. */
  readonly time: (time: Date, withSeconds?: boolean) => string;
  /** `CST`, as it is at that time. */
  readonly abbreviation: (time: Date) => string;
}

/** `zone`: the site's; null if unset, and times are then in UTC. */
export function siteClock(zone: string | null): SiteClock {
  const timeZone = zone ?? 'UTC';
  const written = (time: Date, options: Intl.DateTimeFormatOptions, locale = 'en-GB'): string =>
    formatOf(locale, { ...options, timeZone }).format(time);
  const date = (time: Date): string => written(time, { day: 'numeric', month: 'long', year: 'numeric' });
  const clock = (time: Date, withSeconds = false): string =>
    written(time, {
      hour: '2-digit',
      minute: '2-digit',
      ...(withSeconds ? { second: '2-digit' } : {}),
      hourCycle: 'h23',
    });
  const abbreviation = (time: Date): string => abbreviationIn(timeZone, time);
  return {
    zone: timeZone,
    moment: (time) => {
      const named = timeZone === 'UTC' ? 'UTC' : `${abbreviation(time)} (${timeZone})`;
      return html`<time datetime="${time.toISOString()}">${`${date(time)}, ${clock(time)} ${named}`}</time>`;
    },
    date,
    shortDate: (time) => written(time, { day: 'numeric', month: 'short' }),
    // Swedish dates have the ISO 8601 format.
    isoDate: (time) => written(time, { day: '2-digit', month: '2-digit', year: 'numeric' }, 'sv-SE'),
    time: clock,
    abbreviation,
  };
}

/** A page formats hundreds of times with a few formats, and a new format takes longer than to use it. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, options]);
  let format = formats.get(key);
  if (format === undefined) formats.set(key, (format = new Intl.DateTimeFormat(locale, options)));
  return format;
}

/** Each English locale abbreviates the zones of its own countries only; American English is tried first. */
function abbreviationIn(timeZone: string, time: Date): string {
  const nameIn = (locale: string): string =>
    formatOf(locale, { timeZone, timeZoneName: 'short' })
      .formatToParts(time)
      .find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
  const american = nameIn('en-US');
  return [american, nameIn('en-GB'), nameIn('en-AU')].find((name) => /^[A-Z]{2,5}$/.test(name)) ?? american;
}

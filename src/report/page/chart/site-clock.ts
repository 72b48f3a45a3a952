/** Times as the clocks on the site's walls show them. */
import { html, type Markup } from '../markup.ts';

/** How a page writes times. */
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

/** `zone`: the site's; null where nobody said: then times are UTC. */
export function siteClock(zone: string | null): SiteClock {
  const timeZone = zone ?? 'UTC';
  const written = (time: Date, options: Intl.DateTimeFormatOptions, locale = 'en-GB'): string =>
    time.toLocaleString(locale, { ...options, timeZone });
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
    // Sweden writes dates as ISO 8601 does.
    isoDate: (time) => written(time, { day: '2-digit', month: '2-digit', year: 'numeric' }, 'sv-SE'),
    time: clock,
    abbreviation,
  };
}

/** English has names for the zones of its own countries only, and numbers for others; American English first. */
function abbreviationIn(timeZone: string, time: Date): string {
  const names = ['en-US', 'en-GB', 'en-AU'].map(
    (locale) =>
      new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' })
        .formatToParts(time)
        .find(({ type }) => type === 'timeZoneName')?.value ?? timeZone,
  );
  return names.find((name) => /^[A-Z]{2,5}$/.test(name)) ?? names[0] ?? timeZone;
}

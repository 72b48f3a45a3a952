/** The moment that a value of a time column means, by its type. The server needs no time zones for it. */
import { meaningsOf, writtenIn } from '../../values/time/time.ts';
import { occurrencesOf } from '../../values/time/wall-clock.ts';

const minuteMs = 60_000;
const firstDay = '0001-01-03';
const dayAfterLast = '9999-12-30';

/** Years before Christ and beyond 9999, and the zero date, say as little as null does. */
const isOfOurTime = (text: string): boolean => text >= firstDay && text < dayAfterLast;

/**
 * The latest moment that an `updated_at` can mean, as Postgres prints an instant of UTC: a repeated hour is its later occurrence, and a
 * date is the end of its day. Null if the text means none.
 */
export function latestInstant(text: string, zone: string): string | null {
  const trimmed = text.trim();
  if (!isOfOurTime(trimmed)) return null;
  const written = writtenIn(trimmed);
  if (written === undefined) return null;
  switch (written.kind) {
    case 'date':
      return printed(lastMomentOf(trimmed, zone), '.999999');
    case 'wall': {
      const [, fraction = ''] = /(\.\d+)$/.exec(trimmed) ?? [];
      return printed(wallMs(written.wallMs, zone), fraction);
    }
    case 'instant': {
      const [, fraction = ''] = /(\.\d+)/.exec(trimmed) ?? [];
      return printed(written.ms, fraction);
    }
  }
}

/** The later occurrence, as Postgres' AT TIME ZONE reads it. Whole minutes are kept, for a table has many rows of one minute. */
function wallMs(ms: number, zone: string): number {
  const minute = Math.floor(ms / minuteMs);
  if (lately.zone !== zone || lately.offsets.size >= keptMinutes) {
    lately.zone = zone;
    lately.offsets.clear();
  }
  let offset = lately.offsets.get(minute);
  if (offset === undefined) {
    offset = minute * minuteMs - Math.max(...occurrencesOf(minute * minuteMs, zone).instants);
    lately.offsets.set(minute, offset);
  }
  return ms - offset;
}

const keptMinutes = 10_000;
const lately = { zone: '', offsets: new Map<number, number>() };

const lastMomentOf = (date: string, zone: string): number => {
  const [meaning] = meaningsOf(date, zone).value ?? [];
  return meaning?.lastMs ?? Number.NaN;
};

function printed(ms: number, fraction: string): string | null {
  if (Number.isNaN(ms)) return null;
  const whole = new Date(Math.floor(ms / 1000) * 1000).toISOString();
  // A fraction of zeros says nothing.
  const digits = fraction.slice(0, 7).replace(/\.?0+$/, '');
  return `${whole.slice(0, 10)} ${whole.slice(11, 19)}${digits}+00`;
}

/** The first or last moment of a time column; a time beyond our calendar is without end, an unreadable text is null. */
export function momentOf(text: string | null, zone: string, end: 'first' | 'last'): number | null {
  if (text === null) return null;
  const trimmed = text.trim();
  if (/^\d{4}-\d\d-\d\d/.test(trimmed) && !trimmed.startsWith('0000')) {
    if (trimmed >= dayAfterLast) return Infinity;
    if (trimmed < firstDay) return -Infinity;
  }
  const written = writtenIn(trimmed);
  if (written === undefined) return null;
  if (written.kind === 'instant') return written.ms;
  if (written.kind === 'wall') return wallMs(written.wallMs, zone);
  const [day] = meaningsOf(trimmed, zone).value ?? [];
  return (end === 'first' ? day?.firstMs : day?.lastMs) ?? null;
}

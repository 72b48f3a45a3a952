/**
 * The clinic's calendar: days and wall-clock times as texts. They are counted as if in UTC, so that no zone and no clock
 * of this machine has a say.
 */

/** `2026-03-01` */
export type Day = string;

const minuteMs = 60_000;

/** `2026-03-01 08:15:00`, that many minutes after midnight of the day; may well be on a later day. */
export function wallClock(day: Day, minutes: number): string {
  const iso = new Date(Date.parse(`${day}T00:00:00Z`) + minutes * minuteMs).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
}

export const addDays = (day: Day, days: number): Day => wallClock(day, days * 24 * 60).slice(0, 10);

export const addMinutes = (wall: string, minutes: number): string => {
  const [hour = '0', minute = '0'] = wall.slice(11).split(':');
  return wallClock(wall.slice(0, 10), Number(hour) * 60 + Number(minute) + minutes);
};

/** The text of an instant, for Postgres to read: when the clinic's clock showed this. */
export const instantOf = (wall: string): string => `${wall} America/Chicago`;

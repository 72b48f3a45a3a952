/**
 * The clinic's calendar: days and wall-clock times as texts, computed in UTC, independent of this machine's zone and clock.
 */

/** `2026-03-01` */
export type Day = string;

const minuteMs = 60_000;

/** `2026-03-01 08:15:00`, `minutes` after midnight of the day; may be on a later day. */
export function wallClock(day: Day, minutes: number): string {
  const iso = new Date(Date.parse(`${day}T00:00:00Z`) + minutes * minuteMs).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
}

export const addDays = (day: Day, days: number): Day => wallClock(day, days * 24 * 60).slice(0, 10);

export const addMinutes = (wall: string, minutes: number): string => {
  const [hour = '0', minute = '0'] = wall.slice(11).split(':');
  return wallClock(wall.slice(0, 10), Number(hour) * 60 + Number(minute) + minutes);
};

/** The instant of a wall-clock time, as text for Postgres. */
export const instantOf = (wall: string): string => `${wall} America/Chicago`;

export interface ClockTime {
  readonly hour: number;
  readonly minute: number;
}

/** `06:30`; null if the text is not a time of day. */
export function readClock(text: string): ClockTime | null {
  const found = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text);
  return found === null ? null : { hour: Number(found[1]), minute: Number(found[2]) };
}

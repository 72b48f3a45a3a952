/** Formats numbers, times and tables for people. */

/** `1 call`, `1,234 calls`. */
export const counted = (count: number, noun: string): string => `${inFull(count)} ${noun}${count === 1 ? '' : 's'}`;

export const inFull = (count: number): string => count.toLocaleString('en-US');

/** `850 ms`, `1.2 s` */
export const milliseconds = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;

/** `2026-01-31 02:15 UTC` */
export const minuteOf = (time: Date): string => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** The two largest units: `3 d 4 h`, `4 h 10 min`, `10 min 5 s`, `5 s`. */
export function lasting(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** Pads each column but the last to its widest text; two spaces separate columns. */
export function table(lines: readonly (readonly string[])[]): string[] {
  const widthOf = (column: number): number => Math.max(...lines.map((line) => line[column]?.length ?? 0));
  return lines.map((line) =>
    line
      .map((text, column) => text.padEnd(widthOf(column)))
      .join('  ')
      .trimEnd(),
  );
}

/**
 * Where a scan is cut into chunks. A chunk ends after a line whose beginning says so, and not after so many lines: a row that comes,
 * goes or changes then moves no cut but those beside it, and what was not touched is met again chunk by chunk, wherever it stands.
 * (Content-defined chunking, as backups find again what they have stored: Muthitacharoen et al., "A Low-bandwidth Network File
 * System", SOSP 2001.)
 */

/** One line in so many ends a chunk. With more there are fewer chunks to remember; with fewer, fewer rows to stage again for one that changed. */
export const usualLinesPerChunk = 128;

/** A chunk is held in memory until it ends, so it ends here at the latest. */
export const largestChunkBytes = 256 * 1024;

/**
 * Does the line that stands from `start` up to its newline at `end` end a chunk? FNV-1a over `updated_at` and the key, with which it
 * begins: no two lines have both alike, and all keys may begin alike.
 */
export function endsChunk(bytes: Buffer, start: number, end: number, linesPerChunk: number): boolean {
  let hash = 0x811c9dc5;
  let tabs = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === tab && (tabs += 1) === 2) break;
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  // The lowest bits alone know little of the upper ones.
  return ((hash ^ (hash >>> 15)) >>> 0) % linesPerChunk === 0;
}

const tab = 0x09;

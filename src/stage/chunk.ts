/**
 * Cuts a scan into chunks by content: a hash of each line's beginning decides whether the chunk ends there. An
 * inserted, deleted or changed row therefore moves only the cuts beside it, and the other chunks are recognised
 * wherever they now are. (Content-defined chunking, as in backup programs: Muthitacharoen et al., "A Low-bandwidth
 * Network File System", SOSP 2001.)
 */

/**
 * On average, one line in this many ends a chunk. A larger number means fewer chunks to store; a smaller one means
 * fewer rows to stage again for one change.
 */
export const usualLinesPerChunk = 128;

/** A chunk is held in memory, so it ends at this size at the latest. */
export const largestChunkBytes = 256 * 1024;

/**
 * Does the line from `start` to its newline at `end` end a chunk? FNV-1a over `updated_at` and the key, the first two
 * columns: together they are unique per line, and they vary even where all keys begin alike.
 */
export function endsChunk(bytes: Buffer, start: number, end: number, linesPerChunk: number): boolean {
  let hash = 0x811c9dc5;
  let tabs = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === tab && (tabs += 1) === 2) break;
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  // Mixes the upper bits in, which barely affect the lowest ones.
  return ((hash ^ (hash >>> 15)) >>> 0) % linesPerChunk === 0;
}

const tab = 0x09;

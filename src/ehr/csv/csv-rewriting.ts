import { constants } from 'node:fs';
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { UsageFault } from '../../fault.ts';
import { chunksFrom } from './csv-position.ts';

/** Transforms the bytes of a file, chunk by chunk. */
export type Rewriting = (chunks: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;

/**
 * A copy of the file after all rewritings, because damaged records are read again by position and a stream has none. The copy holds
 * patients' rows: its file is unlinked before the first byte is written, so it disappears with the process. The original is closed.
 */
export async function rewritten(original: FileHandle, ...rewritings: readonly Rewriting[]): Promise<FileHandle> {
  try {
    const copy = await namelessFile();
    try {
      let chunks: AsyncIterable<Buffer> = chunksFrom(original, 0);
      for (const rewrite of rewritings) chunks = rewrite(chunks);
      for await (const chunk of chunks) await copy.writeFile(chunk);
      return copy;
    } catch (error) {
      await copy.close();
      throw isNoRoom(error) ? noRoom(error) : error;
    }
  } finally {
    await original.close();
  }
}

/** Cuts the file off at the offset. */
export const upTo = (end: number): Rewriting =>
  async function* cut(chunks): AsyncGenerator<Buffer> {
    let left = end;
    for await (const chunk of chunks) {
      yield chunk.subarray(0, left);
      left -= chunk.length;
      if (left <= 0) return;
    }
  };

export async function* unpacked(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  const packing = pipeline(chunks, gunzip);
  // The loop throws the same failure.
  packing.catch(() => undefined);
  for await (const chunk of gunzip) yield chunk as Buffer;
  await packing;
}

/** The bytes are no gzip, or not all of it. */
export const isPackingFault = (error: unknown): error is Error & { readonly code: string } =>
  error instanceof Error && 'code' in error && /^(?:Z_|ERR_.*ZLIB)/.test(String(error.code));

async function namelessFile(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'redox-reconcile-')).catch((error: unknown) => {
    throw noRoom(error);
  });
  try {
    const { O_RDWR, O_CREAT, O_EXCL } = constants;
    return await open(join(folder, 'extract'), O_RDWR | O_CREAT | O_EXCL, 0o600);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const isNoRoom = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(String(error.code));

const noRoom = (error: unknown): UsageFault =>
  new UsageFault(
    `Could not write an unpacked or decoded copy of an extract into ${tmpdir()}: ${error instanceof Error ? error.message : String(error)}; ` +
      'make room there, or set TMPDIR to a folder that has it.',
    { cause: error },
  );

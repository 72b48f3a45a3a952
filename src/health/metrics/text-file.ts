import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Writes the file for node_exporter's textfile collector: first under a name that the collector ignores, then renamed, so that it always reads
 * a whole file. World-readable, because the collector is another user and the file contains no ids.
 */
export async function writeMetricsFile(path: string, text: string): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}.draft`);
  try {
    const file = await open(draft, 'w', 0o644);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
}

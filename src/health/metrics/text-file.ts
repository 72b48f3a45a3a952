import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Writes the file that node_exporter's textfile collector reads, as another user and at any moment: written beside, then renamed,
 * under a name that the collector passes over. There are no ids in it, so everybody may read it.
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

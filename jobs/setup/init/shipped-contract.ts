import { existsSync, readdirSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageFault } from '../../../src/fault.ts';
import { packageRoot } from '../../../src/package-root.ts';

const shipped = join(packageRoot, 'sql/ehr');

/** The contracts that ship for an EHR; the demo's is for no other. */
export const shippedNames = (): string[] =>
  readdirSync(shipped)
    .filter((name) => name !== 'demo' && existsSync(join(shipped, name, 'patients.sql')))
    .sort();

export async function shippedContract(name: string): Promise<Readonly<Record<string, string>>> {
  if (!shippedNames().includes(name)) {
    throw new UsageFault(
      `No contract ${name} ships; expected one of ${shippedNames().join(', ')}. Nothing was written.`,
    );
  }
  const folder = join(shipped, name);
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const texts = files.map(async ({ parentPath, name: file }) => {
    const path = join(parentPath, file);
    return [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const;
  });
  return Object.fromEntries((await Promise.all(texts)).sort());
}

import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { UsageFault } from '../../fault.ts';

/** Explains an EHR_URL that names no folder behind its scheme; null for any other error. */
export function noFolder(folder: string, error: unknown, scheme: 'csv' | 'fhir'): UsageFault | null {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT') {
    return new UsageFault(
      `There is no folder ${folder}, which EHR_URL=${scheme}:<folder> names (the nearest that is there: ${nearest(folder)}); ` +
        'correct the path, and where it is on a share or a volume, see that this is mounted.',
      { cause: error },
    );
  }
  if (code === 'ENOTDIR') {
    const holder = nearest(dirname(folder));
    return new UsageFault(
      `EHR_URL=${scheme}:<folder> names ${folder}, which is a file, or lies within one; name the folder that holds the files (${holder}).`,
      { cause: error },
    );
  }
  return null;
}

const nearest = (path: string): string => (existsSync(path) || dirname(path) === path ? path : nearest(dirname(path)));

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder that holds `package.json`, `sql/` and `reports/`: the same from a checkout (tsx) and from `dist/`. */
export const packageRoot = folderWithPackageJson(import.meta.dirname);

const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { readonly version: string };
export const packageVersion = manifest.version;

function folderWithPackageJson(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder)
    throw new Error(`no package.json above ${import.meta.dirname}: the installation is incomplete`);
  return folderWithPackageJson(parent);
}

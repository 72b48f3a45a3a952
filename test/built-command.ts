import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../src/package-root.ts';

/** The command as it is installed. A process of it starts in a quarter of the CPU time that the sources take. */
export const builtCommand = join(packageRoot, 'dist/jobs/cli.js');

let built: Promise<unknown> | null = null;

/** Builds it before the first test, unless the gate has done so: it runs several test runners beside each other. */
export default async function setup(): Promise<void> {
  if (process.env['COMMAND_IS_BUILT'] !== undefined) return;
  built ??= promisify(execFile)(process.execPath, ['--import', 'tsx', '--', 'esbuild.config.ts'], { cwd: packageRoot });
  await built;
}

import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startSiteProcess } from '../../../jobs/fleet/site-process.ts';
import { reasonOf } from '../../../src/decide/fleet/night-end.ts';
import { packageRoot } from '../../../src/package-root.ts';

const asked = { argv: ['nightly'], envFiles: [], folder: '/nowhere', settings: {}, isAtTerminal: false };

test('a process without its folder is not started', async () => {
  const end = await startSiteProcess({ ...asked, onLine: () => undefined }).ended;
  expect(end).toEqual({ exitCode: null, reason: null, runId: null, reports: null, tookMs: 0, notStarted: 'ENOENT' });
  expect(reasonOf(end)).toBe('not_started');
});

test('a process is not started where no file handle is left', async () => {
  const program = `
    import { openSync } from 'node:fs';
    import { startSiteProcess } from ${JSON.stringify(join(packageRoot, 'jobs/fleet/site-process.ts'))};
    const asked = ${JSON.stringify({ ...asked, folder: packageRoot })};
    try { for (;;) openSync('/dev/null'); } catch {}
    process.stdout.write(JSON.stringify(await startSiteProcess({ ...asked, onLine() {} }).ended));`;
  const node = [
    process.execPath,
    '--import',
    createRequire(import.meta.url).resolve('tsx'),
    '--input-type=module',
    '--eval',
    program,
  ];
  const limited = ['-c', 'ulimit -n 200; exec "$@"', 'sh', ...node];
  const { stdout } = await promisify(execFile)('sh', limited, { cwd: packageRoot });
  expect(JSON.parse(stdout)).toMatchObject({ exitCode: null, notStarted: 'EMFILE' });
});

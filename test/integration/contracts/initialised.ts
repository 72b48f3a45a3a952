import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { jobs } from '../../../jobs/all.ts';
import { runCommandLine } from '../../../jobs/frame/command-line.ts';
import type { Environment } from '../../../src/config/config.ts';

/** The settings of a night, but with the contract that `init --ehr NAME` has copied for its EHR. Throws if init did not end with 0. */
export async function initialised(name: string, environment: Environment): Promise<Environment> {
  const folder = mkdtempSync(join(tmpdir(), 'init-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const { EHR_URL: ehrUrl = '', LEDGER_URL: ledgerUrl = '' } = environment;
  const argv = ['init', join(folder, 'site'), '--ehr', name, '--sandbox', '--ehr-url', ehrUrl];
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const said = text(stderr);
  const exitCode = await runCommandLine([...argv, '--ehr-time-zone', 'America/Chicago', '--ledger-url', ledgerUrl], {
    jobs,
    environment: {},
    stdout,
    stderr,
    signal: new AbortController().signal,
  });
  stderr.end();
  if (exitCode !== 0) throw new Error(`init ended with ${exitCode}: ${await said}`);
  return { ...environment, EHR_CONTRACT: join(folder, 'site/contract') };
}

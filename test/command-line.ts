import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { jobs } from '../jobs/all.ts';
import { runCommandLine } from '../jobs/frame/command-line.ts';
import type { Environment } from '../src/config/config.ts';

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a job said beside the line with which every job ends. */
export const withoutEnd = (stderr: string): string => stderr.replaceAll(/^\{.*"event":"job_ended".*\n/gm, '');

/** The command line without a process of its own, which takes half a second of CPU to start. `isHuman`: at a terminal. */
export async function commandLine(argv: readonly string[], environment: Environment, isHuman = false): Promise<Ended> {
  const [stdout, stderr] = [new PassThrough(), Object.assign(new PassThrough(), { isTTY: isHuman })];
  const both = Promise.all([text(stdout), text(stderr)]);
  const signal = new AbortController().signal;
  const exitCode = await runCommandLine(argv, { jobs, environment, stdout, stderr, signal });
  stdout.end();
  stderr.end();
  const [out, err] = await both;
  return { exitCode, stdout: out, stderr: err };
}

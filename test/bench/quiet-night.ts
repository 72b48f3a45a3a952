/**
 * How long a night takes in which nothing happened: 100,000 patients and 300,000 visits that Redox was told already are read,
 * fingerprinted and compared, and nothing is sent. Beside it the floor, which is what Postgres needs to print the same rows
 * to nowhere.
 *
 *   npm run bench:quiet [-- <patients> <visits>]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { placeIn } from '../../jobs/demo/place.ts';
import { openSite, type Site } from '../../jobs/demo/site.ts';
import type { Secret } from '../../src/core/secret.ts';
import { packageRoot } from '../../src/package-root.ts';
import { Session } from '../../src/postgres/session.ts';

const [patients, visits] = [Number(process.argv[2] ?? 100_000), Number(process.argv[3] ?? 300_000)];
const rows = patients + visits;

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
const rate = (ms: number): string => `${Math.round((rows / ms) * 1000).toLocaleString('en-US')} rows/s`;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

interface Measured {
  readonly ms: number;
  readonly peakMb: number;
  readonly steps: readonly string[];
}

/** Written to a pipe of its own, because only the process itself knows its peak on every system. */
const tellPeak = `data:text/javascript,import{writeSync}from'node:fs';process.on('exit',()=>{writeSync(3,String(process.resourceUsage().maxRSS))})`;

/** A job in a process of its own, from its start to its exit. */
async function measure(job: string, settings: Site['settings']): Promise<Measured> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--import', tellPeak, '--import', 'tsx', '--', 'jobs/cli.ts', job], {
    cwd: packageRoot,
    env: { PATH: process.env['PATH'], ...settings },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const { stderr, stdio } = child;
  const peakPipe = stdio[3];
  if (stderr === null || !(peakPipe instanceof Readable)) throw new Error('the process has no pipes');
  const [log, peak, [exitCode]] = await Promise.all([
    text(stderr),
    text(peakPipe),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  const ms = performance.now() - startedAt;
  if (exitCode !== 0) throw new Error(`${job} ended with ${String(exitCode)}:\n${log}`);
  return { ms, peakMb: Number(peak) / 1024, steps: log.split('\n').flatMap(stepIn) };
}

function stepIn(line: string): string[] {
  if (!line.includes('"step_finished"')) return [];
  const { step, ms } = JSON.parse(line) as { step: string; ms: number };
  return [`${step} ${inSeconds(ms)} (${rate(ms)})`];
}

/** Both queries of the contract as they stand, printed by Postgres and thrown away. */
async function floor(url: Secret): Promise<number> {
  const session = await Session.open(url, { neighbour: 'the clinic' });
  const nowhere = (): Writable =>
    new Writable({
      write: (_chunk, _encoding, done) => {
        done();
      },
    });
  const copy = (file: string): Promise<void> =>
    session.copyOut(
      file,
      `COPY (\n${readFileSync(join(packageRoot, 'sql/ehr/demo', file), 'utf8')}\n) TO STDOUT`,
      nowhere(),
    );
  const ms = await timed(async () => {
    await copy('patients.sql');
    await copy('encounters.sql');
  });
  await session.close();
  return ms;
}

const folder = await mkdtemp(join(tmpdir(), 'redox-reconcile-bench-'));
const site = await openSite(placeIn(folder));
try {
  const built = await timed(() => site.clinic.build({ patients, visits, seed: 1, today: '2026-03-02' }));
  print(`clinic     ${inSeconds(built)} to make ${patients} patients and ${visits} visits (${rate(built)})`);
  const show = ({ ms, peakMb, steps }: Measured): string =>
    `${inSeconds(ms)} from start to exit (${rate(ms)}), peak ${peakMb.toFixed(0)} MB; ${steps.join(', ')}`;
  print(`baseline   ${show(await measure('baseline', site.settings))}`);
  for (let round = 1; round <= 3; round += 1) {
    print(`floor      ${inSeconds(await floor(site.clinicUrl))}`);
    print(`nightly    ${show(await measure('nightly', site.settings))}`);
  }
  const { posts } = site.redox.requests();
  if (posts > 0) throw new Error(`${posts} messages were sent in nights that should have been quiet`);
} finally {
  await site.close();
  await rm(folder, { recursive: true, force: true });
}

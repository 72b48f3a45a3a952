/** `fleet demo`: three sites, two workers, one of which is killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname, join, resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodes, type ExitCode, StoppedFault } from '../../src/fault.ts';
import { packageRoot } from '../../src/package-root.ts';
import { counted, milliseconds } from '../../src/plain-text.ts';
import { type FleetWorld, openFleetWorld } from '../demo/fleet-world.ts';
import { Narrator } from '../demo/narrator.ts';
import { placeIn, shownPath } from '../demo/place.ts';
import type { JobContext } from '../frame/job.ts';

const opening =
  'A fleet is a folder with one file a site, a Postgres, and workers. Here are three invented clinics, a stand-in for Redox each, and two ' +
  'workers on this machine. One worker is killed in the middle of its nights; the other has them done.';

const cli = join(packageRoot, extname(import.meta.filename) === '.ts' ? 'jobs/cli.ts' : 'dist/jobs/cli.js');

export async function demo({ stdout, signal }: JobContext, folder: string | null): Promise<ExitCode> {
  const startedAt = performance.now();
  const narrator = new Narrator(stdout);
  narrator.say(opening);
  const place = placeIn(resolve(folder ?? 'out/fleet'));
  const world = await narrator.watch(() => 'building three clinics', openFleetWorld(place));
  const children = new Set<ChildProcess>();
  const killAll = (): void => {
    for (const child of children) killGroup(child);
  };
  signal.addEventListener('abort', killAll, { once: true });
  process.once('exit', killAll);
  try {
    const isTrue = await play(world, narrator, children, signal);
    narrator.say(
      `\nAll of it took ${milliseconds(performance.now() - startedAt)}. ${shownPath(world.folder)} has the folder of the fleet.`,
    );
    return isTrue ? exitCodes.done : exitCodes.bug;
  } finally {
    killAll();
    process.off('exit', killAll);
    await narrator.watch(() => 'stopping the Postgres', world.close());
  }
}

type Command = (argv: readonly string[]) => Promise<Said>;

async function play(
  world: FleetWorld,
  narrator: Narrator,
  children: Set<ChildProcess>,
  signal: AbortSignal,
): Promise<boolean> {
  const names = world.sites.map(({ name }) => name);
  const begin = (argv: readonly string[]): ChildProcess => {
    if (signal.aborted) throw new StoppedFault();
    const child = start(world, argv);
    children.add(child);
    child.once('close', () => children.delete(child));
    return child;
  };
  const command: Command = (argv) => said(begin(argv));
  narrator.chapter('fleet check, migrate, rate');
  for (const argv of [['check'], ['migrate'], ['rate', 'default', '--calls', '300000', '--window', '5m']]) {
    const { text, exitCode } = await narrator.watch(() => `fleet ${argv.join(' ')}`, command(argv));
    narrator.tell(argv[0] ?? '', text.trim());
    if (exitCode !== exitCodes.done) return false;
  }
  narrator.chapter('The first night');
  const [victim] = [begin(['work', '--slots', '2']), begin(['work', '--slots', '2'])];
  const night = command(['run', 'nightly', ...names, '--', '--allow-large-change']);
  await narrator.watch(() => 'the workers take the nights', untilBusy(world, signal));
  killGroup(victim);
  for (const { redox } of world.sites) redox.misbehave([]);
  const killedAt = performance.now();
  narrator.tell('Killed', 'One worker and its nights, by kill -9: no goodbye, calls under way.');
  const posts = (): number => world.sites.reduce((sum, { redox }) => sum + redox.requests().posts, 0);
  const { text, exitCode } = await narrator.watch(() => `${counted(posts(), 'call')}, waiting for all three`, night);
  narrator.tell('Done', `${inOneLine(text)}. ${milliseconds(performance.now() - killedAt)} after the kill.`);
  narrator.chapter('Is it true?');
  const isTrue = exitCode === exitCodes.done && (await isTrueEverywhere(world, narrator, command));
  narrator.chapter('What people see');
  const [sentence = ''] = (await command(['status'])).text.split('\n');
  narrator.tell('status', sentence);
  narrator.tell('page', (await command(['page', join(world.folder, 'fleet.html')])).text.trim());
  return isTrue;
}

/** The workers read every patient and document back from Redox, and compare them with the clinics. */
async function isTrueEverywhere(world: FleetWorld, narrator: Narrator, command: Command): Promise<boolean> {
  const names = world.sites.map(({ name }) => name);
  const audits = command(['run', 'audit', ...names, '--', '--all']);
  const { text, exitCode } = await narrator.watch(() => 'reading everything back', audits);
  narrator.tell('run', `audit ${names.join(' ')} -- --all: ${inOneLine(text)}`);
  for (const { name, redox } of world.sites) {
    const { patients, documents } = redox.state();
    narrator.tell(name, `${counted(patients.size, 'patient')} and ${counted(documents.size, 'document')} at Redox`);
  }
  return exitCode === exitCodes.done;
}

/** Both workers run something, and calls are on their way. */
async function untilBusy({ sites }: FleetWorld, signal: AbortSignal): Promise<void> {
  while (sites.filter(({ redox }) => redox.requests().posts > 20).length < sites.length) {
    if (signal.aborted) throw new StoppedFault();
    await sleep(50);
  }
}

const inherited = ['PATH', 'HOME', 'TMPDIR'];

function start({ folder }: FleetWorld, argv: readonly string[]): ChildProcess {
  const [action = '', ...rest] = argv;
  return spawn(process.execPath, [...process.execArgv, '--', cli, 'fleet', action, '--folder', folder, ...rest], {
    // A group of its own, so that the worker can be killed with its nights, as when a machine dies.
    detached: true,
    env: Object.fromEntries(inherited.flatMap((name) => [[name, process.env[name]]])),
    stdio: action === 'work' ? 'ignore' : ['ignore', 'pipe', 'pipe'],
  });
}

interface Said {
  readonly text: string;
  readonly exitCode: number | null;
}

/** What a command printed, and its errors without its log. */
async function said(child: ChildProcess): Promise<Said> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('the command has no output to read');
  const [printed, logged, [exitCode]] = await Promise.all([
    textOf(stdout),
    textOf(stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  const errors = logged.split('\n').filter((line) => !line.startsWith('{'));
  return { text: `${printed}${errors.join('\n')}`, exitCode };
}

const inOneLine = (text: string): string => text.trim().replaceAll('\n', '; ');

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

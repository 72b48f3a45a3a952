import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { Readable } from 'node:stream';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.ts';
import { benchFolder } from './database.ts';
import type { Settings } from './site.ts';

/** The bare stand-in, seen from the bench. */
interface BareStandIn {
  readonly url: string;
  /** Writes the bodies that it has kept to its file. */
  readonly writeBodies: () => Promise<void>;
  readonly close: () => void;
}

export async function startBareStandIn(delayMs: number, file: string): Promise<BareStandIn> {
  const child = startScript('stand-in-process.ts', [String(delayMs), file]);
  const lines = linesOf(child);
  const port = await nextLine(lines);
  return {
    url: `http://127.0.0.1:${port}`,
    writeBodies: async () => {
      const written = nextLine(lines);
      child.kill('SIGUSR2');
      await written;
    },
    close: () => void child.kill('SIGKILL'),
  };
}

/** Calls per second of the bare loop. */
export async function bareCallsPerSecond(url: string, file: string, calls: number): Promise<number> {
  return Number(await nextLine(linesOf(startScript('bare-calls.ts', [url, file, String(calls)]))));
}

/** The same with what the ledger is told of each call, in a ledger in which as many are planned. */
export async function recordedCallsPerSecond(
  url: string,
  file: string,
  calls: number,
  settings: Settings,
): Promise<number> {
  return Number(await nextLine(linesOf(startScript('recorded-calls.ts', [url, file, String(calls)], settings))));
}

const startScript = (script: string, argv: readonly string[], settings: Settings = {}): ChildProcess =>
  spawn(process.execPath, ['--import', 'tsx', '--', join(benchFolder, script), ...argv], {
    cwd: packageRoot,
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });

function linesOf({ stdout }: ChildProcess): Interface {
  if (!(stdout instanceof Readable)) throw new Error('the process has no stdout');
  return createInterface(stdout);
}

async function nextLine(lines: Interface): Promise<string> {
  // A script that fails says so on stderr, and no line comes.
  const ended = once(lines, 'close').then(() => {
    throw new Error('a script of the bench ended before it said what was asked');
  });
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
  return line;
}

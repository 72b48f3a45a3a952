import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { Readable } from 'node:stream';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.ts';
import { benchFolder } from './database.ts';

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

const startScript = (script: string, argv: readonly string[]): ChildProcess =>
  spawn(process.execPath, ['--import', 'tsx', '--', join(benchFolder, script), ...argv], {
    cwd: packageRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  });

function linesOf({ stdout }: ChildProcess): Interface {
  if (!(stdout instanceof Readable)) throw new Error('the process has no stdout');
  return createInterface(stdout);
}

async function nextLine(lines: Interface): Promise<string> {
  const [line] = (await once(lines, 'line')) as [string];
  return line;
}

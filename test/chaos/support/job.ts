/** The real command in a process of its own: what it logs as it goes, and how it is hurt. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../../../src/package-root.ts';
import type { Environment } from '../../../src/config/config.ts';
import { builtCommand } from '../../built-command.ts';
import { count } from './tally.ts';

interface LogLine {
  readonly event: string;
  readonly step?: string;
  readonly calls?: number;
  readonly run_id?: string;
}

export interface Ended {
  /** Null where it was killed. */
  readonly exitCode: number | null;
  readonly log: readonly LogLine[];
  /** What it said to people. */
  readonly said: string;
}

/** `epoll_pwait` and `epoll_wait` on x86-64, `epoll_pwait` on arm64. A process in the middle of its own code has -1 here. */
const waits: ReadonlySet<string> = new Set(['281', '232', '22']);

async function isStoppedWaiting(pid: number | undefined): Promise<boolean> {
  for (;;) {
    // A process that has ended has no such file.
    const call = (await readFile(`/proc/${pid}/syscall`, 'utf8').catch(() => '')).split(' ', 1)[0]?.trim() ?? '';
    // A signal takes a moment to stop it.
    if (call !== 'running') return waits.has(call);
    await sleep(1);
  }
}

const clock = join(import.meta.dirname, 'shifted-clock.ts');
const isWaitedForMs = 60_000;

/** They do not outlive a suite that is interrupted. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class Job {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly log: LogLine[] = [];
  #said = '';
  #hasEnded = false;

  /** `wrap`: a program that starts it, with its arguments. */
  constructor(argv: readonly string[], environment: Environment, wrap: readonly string[] = []) {
    const shifts = environment['CHAOS_CLOCK_SHIFT_MS'] === undefined ? [] : ['--import', 'tsx', '--import', clock];
    const [program, ...before] = [...wrap, process.execPath];
    const child = spawn(program, [...before, ...shifts, builtCommand, ...argv], {
      cwd: packageRoot,
      env: { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'], LOG_LEVEL: 'debug', ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.process = child;
    running.add(child);
    let rest = '';
    child.stderr.on('data', (chunk: Buffer) => {
      const lines = `${rest}${chunk.toString()}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#read(line);
    });
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode) => {
        this.#hasEnded = true;
        running.delete(child);
        this.#said += rest;
        resolve({ exitCode, log: this.log, said: this.#said });
      });
    });
    count('nights run');
  }

  /** Resolves when it has logged such a line; also when it ended without one. */
  async when(isIt: (line: LogLine) => boolean): Promise<void> {
    await this.until(() => this.log.some(isIt));
  }

  async step(event: 'step_started' | 'step_finished', step: string): Promise<void> {
    await this.when((line) => line.event === event && line.step === step);
  }

  async until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = Date.now() + isWaitedForMs;
    while (!this.#hasEnded && !(await isSo())) {
      if (Date.now() > deadline) throw new Error(`not within ${isWaitedForMs} ms; so far: ${JSON.stringify(this.log)}`);
      await sleep(2);
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  /**
   * Stops the process while it waits for events. Nothing prevents a stale message where it stops between the last check of a POST and its
   * write (ARCHITECTURE.md, "What fences what"), and a busy process is there a few times in a hundred. False if the process ended before.
   */
  async stopWhileWaiting(): Promise<boolean> {
    let isStopped = false;
    await this.until(async () => {
      this.kill('SIGSTOP');
      isStopped = await isStoppedWaiting(this.process.pid);
      if (!isStopped) this.kill('SIGCONT');
      return isStopped;
    });
    return isStopped;
  }

  #read(line: string): void {
    if (line.startsWith('{')) this.log.push(JSON.parse(line) as LogLine);
    else this.#said += `${line}\n`;
  }
}

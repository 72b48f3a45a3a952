/**
 * Keeps the newest position of the ledger in REPORT_DIR: one file per ledger, `ledger-position-<id>.json`. It is written in parallel with
 * the delivery, which never waits for it, and a run continues without it.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { KeptPosition, LedgerPosition } from '../decide/lost-commits.ts';
import type { Log } from '../log/log.ts';
import { makeFolder, writeWhole } from '../report/report-file.ts';

/** The pause before a run writes the file again. */
const pauseMs = 100;
/** Enough for a week of a run every ten minutes. */
const keptRuns = 1_000;

const kept = z.object({
  ledgerId: z.guid(),
  commits: z.int().nonnegative(),
  runId: z.string(),
  at: z.coerce.date(),
  server: z
    .object({ systemIdentifier: z.string(), timeline: z.int(), walBytes: z.number(), database: z.string() })
    .nullable(),
  /** The runs of this ledger, the newest last. */
  runs: z.array(z.string()),
});
type PositionFileContent = KeptPosition & { readonly runs: readonly string[] };

const fileName = /^ledger-position-[0-9a-f-]{36}\.json$/;
const fileOf = (reportDir: string, ledgerId: string): string => join(reportDir, `ledger-position-${ledgerId}.json`);

/** The stored positions of each ledger; empty if folder or file is unreadable. */
export async function readPositionFiles(reportDir: string): Promise<readonly PositionFileContent[]> {
  const names = await readdir(reportDir).catch(() => []);
  const files = names.filter((name) => fileName.test(name));
  const read = await Promise.all(files.map((name) => readPositionFile(join(reportDir, name))));
  return read.filter((content) => content !== null);
}

async function readPositionFile(file: string): Promise<PositionFileContent | null> {
  try {
    return kept.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

interface PositionOptions {
  readonly reportDir: string;
  readonly log: Log;
  readonly now: () => Date;
  readonly runId: string;
  readonly before: LedgerPosition;
  /** The ids of the runs before. */
  readonly runs: readonly string[];
  /** The file stays as it is until `takeOver`. */
  readonly isKeptBack: boolean;
}

export class PositionFile {
  readonly #options: PositionOptions;
  readonly #runs: readonly string[];
  #isKeptBack: boolean;
  #commits: number | null = null;
  #writing: Promise<void> | null = null;
  #isSaid = false;
  readonly #ending = new AbortController();

  constructor(options: PositionOptions) {
    this.#options = options;
    this.#isKeptBack = options.isKeptBack;
    this.#runs = [...options.runs.filter((id) => id !== options.runId), options.runId].slice(-keptRuns);
  }

  /** Notes a position that the ledger has certainly reached. */
  note(commits: number): void {
    this.#commits = commits;
    if (!this.#isKeptBack) this.#writing ??= this.#write();
  }

  /** Called once the lost commits are dealt with: from here on the file follows the ledger again. */
  takeOver(): void {
    this.#isKeptBack = false;
    if (this.#commits !== null) this.note(this.#commits);
  }

  /** Resolves when the last position is written, or could not be. */
  async finish(): Promise<void> {
    this.#ending.abort();
    await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#commits !== null) {
      const commits = this.#commits;
      this.#commits = null;
      await this.#save(commits);
      await sleep(pauseMs, undefined, { signal: this.#ending.signal }).catch(() => undefined);
    }
    this.#writing = null;
  }

  async #save(commits: number): Promise<void> {
    const { reportDir, log, now, runId, before } = this.#options;
    const { ledgerId, server } = before;
    const content: PositionFileContent = { ledgerId, commits, runId, at: now(), server, runs: this.#runs };
    try {
      await makeFolder(reportDir);
      await writeWhole(fileOf(reportDir, ledgerId), (append) => append(`${JSON.stringify(content, null, 2)}\n`));
    } catch {
      if (!this.#isSaid) log('ledger_position_unkept', { runId });
      this.#isSaid = true;
    }
  }
}

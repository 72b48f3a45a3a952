import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { type ExitCode, exitCodes, Fault } from '../../src/fault.ts';
import { counted } from '../../src/plain-text.ts';
import type { Summary } from '../../src/report/summary.ts';
import { type EndedJob, type RunningJob, startJob } from './job-process.ts';
import type { Narrator } from './narrator.ts';
import type { Place } from './place.ts';
import type { Site } from './site.ts';

export interface Stage {
  readonly site: Site;
  readonly place: Place;
  readonly narrator: Narrator;
  readonly signal: AbortSignal;
}

/** A night that has ended, as its reports have it. */
export interface Night {
  readonly exitCode: ExitCode;
  readonly ms: number;
  readonly folder: string;
  readonly summary: Summary;
  readonly actions: readonly OpenAction[];
  /** Lines of data-quality.csv from this night, without the match keys that every night lists. */
  readonly qualityLines: number;
}

export interface OpenAction {
  readonly entity: string;
  readonly entity_id: string;
  readonly kind: string;
  readonly needs: string;
  readonly is_new: string;
  readonly what_to_do: string;
  readonly detail: string;
}

/** Lives through one night, and reads what it left. */
export async function nightly(stage: Stage, ...flags: readonly string[]): Promise<Night> {
  return readNight(await start(stage, {}, 'nightly', ...flags).ended);
}

/** Reads everything back from Redox. What was sent seconds ago is expected there. */
export async function auditAll(stage: Stage): Promise<Night> {
  return readNight(await start(stage, { CONFIRM_WITHIN: '0s' }, 'audit', '--all').ended);
}

/** Runs a night, and kills it once Redox has received this many of its messages. */
export async function killedNightly(stage: Stage, messages: number): Promise<Night> {
  const { redox } = stage.site;
  const until = redox.requests().posts + messages;
  const job = start(stage, {}, 'nightly');
  const watch = setInterval(() => {
    if (redox.requests().posts >= until) job.kill();
  }, 1);
  const { runId, exitCode } = await job.ended.finally(() => {
    clearInterval(watch);
  });
  if (runId === null || exitCode !== null) throw unexpected('It should have been killed, and was not', exitCode);
  // It could write no reports; the ledger knows what it did.
  const reported = await start(stage, {}, 'report', runId).ended;
  return readNight({ ...reported, reports: join(stage.place.reports, runId) });
}

function start(
  { place, narrator, signal, site }: Stage,
  settings: Readonly<Record<string, string>>,
  ...argv: readonly string[]
): RunningJob {
  const job = startJob(argv, place.envFile, signal, settings);
  const before = site.redox.requests().posts;
  const progress = (): string => {
    const sent = site.redox.requests().posts - before;
    const silent = argv[0] === 'report' ? 'writing reports' : 'reading and comparing';
    const busy = argv[0] === 'audit' ? `${counted(sent, 'question')} asked` : `${counted(sent, 'message')} sent`;
    return `redox-reconcile ${argv[0] ?? ''}: ${sent === 0 ? silent : `${busy} so far`}`;
  };
  return { ...job, ended: narrator.watch(progress, job.ended) };
}

const ordinaryEnds: readonly ExitCode[] = [exitCodes.done, exitCodes.needsPerson];

async function readNight({ exitCode: code, ms, reports, complaint }: EndedJob): Promise<Night> {
  const exitCode = ordinaryEnds.find((end) => end === code);
  if (exitCode === undefined || reports === null) throw unexpected(complaint, code);
  return {
    exitCode,
    ms,
    folder: reports,
    summary: JSON.parse(await readFile(join(reports, 'summary.json'), 'utf8')) as Summary,
    actions: await readCsv<OpenAction>(reports, 'open-actions'),
    qualityLines: (await readCsv<{ readonly kind: string }>(reports, 'data-quality')).filter(
      ({ kind }) => !kind.endsWith('_match_key'),
    ).length,
  };
}

async function readCsv<Row>(folder: string, name: string): Promise<Row[]> {
  return parse<Row>(await readFile(join(folder, `${name}.csv`)), { columns: true });
}

function unexpected(complaint: string, exitCode: number | null): Fault {
  if (exitCode === exitCodes.stopped) return stopped();
  const known = Object.values(exitCodes).find((code) => code === exitCode);
  return new Fault(
    known ?? exitCodes.bug,
    `A night of the demo ended with exit code ${exitCode ?? 'none'}, which the demo does not expect. Its output: ${complaint}`,
  );
}

export const stopped = (): Fault =>
  new Fault(exitCodes.stopped, 'The demo was stopped before its end. Start it again at any time.');

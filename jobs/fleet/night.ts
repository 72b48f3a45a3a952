/** One job of the engine, as a worker does it: starts the site's process, and says what its end means. */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import type { WorkerConfig } from '../../src/config/fleet/fleet-settings.ts';
import type { FleetSite } from '../../src/config/fleet/site-folder.ts';
import { jobIdOf } from '../../src/decide/fleet/job-id.ts';
import { engineVerdict, reasonOf } from '../../src/decide/fleet/night-end.ts';
import { type FleetJob, priorities, queueOf } from '../../src/fleet/engine.ts';
import type { FleetStore, NightCounts } from '../../src/fleet/fleet-store.ts';
import { type SummaryFile, totalCalls } from '../../src/report/summary.ts';
import type { JobContext } from '../frame/job.ts';
import type { FleetSession } from './place.ts';
import { siteJobs } from './run-by-hand.ts';
import { lineOf, type SiteProcess, startSiteProcess } from './site-process.ts';
import type { WorkerClock } from './worker-clock.ts';

export interface NightRoom extends FleetSession {
  readonly context: Pick<JobContext, 'log' | 'print' | 'isHuman'>;
  readonly config: WorkerConfig;
  readonly folder: string;
  readonly worker: string;
  readonly siteNamed: (name: string) => FleetSite | undefined;
  readonly clock: WorkerClock;
  /** At once, because its folder or its clock is another one than at the last look. */
  readonly lookAgain: () => Promise<void>;
  readonly running: Set<SiteProcess>;
}

/** Told to the engine, which starts the job once more. */
class AgainError extends Error {}

export async function doJob(room: NightRoom, id: string, asked: FleetJob): Promise<void> {
  const { store, outages, worker, context, running } = room;
  const { site: name, job } = asked;
  if (!siteJobs.includes(job)) return;
  await room.clock.compare();
  if (room.clock.isWrong) {
    await room.lookAgain();
    throw new AgainError('clock_wrong');
  }
  const site = room.siteNamed(name);
  // Another worker may have a newer folder; a site that has left all of them is given up after some tries.
  if (site?.envFiles.every((file) => existsSync(file)) !== true) {
    await room.lookAgain();
    context.log('fleet_site_unknown', { site: name, job });
    throw new AgainError('unknown_site');
  }
  if (await isPutOff(room, site, asked)) return;
  const due = asked.due === null ? null : new Date(asked.due);
  const nightId = randomUUID();
  await store.begin({ nightId, jobId: id, site: name, job, due, worker, askedBy: asked.askedBy });
  context.log('fleet_job_started', { site: name, job, due });
  const child = startSiteProcess({
    argv: argvOf(site, asked, new Date()),
    envFiles: site.envFiles,
    folder: room.folder,
    settings: settingsOf(room.config, site),
    onLine: (line) => {
      context.print(lineOf(name, line));
    },
    isAtTerminal: context.isHuman,
  });
  running.add(child);
  const end = await child.ended.finally(() => running.delete(child));
  const { exitCode, runId, tookMs, reports } = end;
  if (end.notStarted !== undefined) context.log('fleet_job_not_started', { site: name, job, code: end.notStarted });
  context.log('fleet_job_ended', { site: name, job, exitCode, reason: reasonOf(end), ms: tookMs });
  await store.end({ ...end, nightId, site: name, job, runId, counts: reports === null ? null : countsIn(reports) });
  if (nightJobs.includes(job)) {
    const until = await outages.note(site, end, new Date());
    if (until !== null) context.log('fleet_zone_paused', { zone: site.zone, until });
  }
  if (engineVerdict(end) === 'again') throw new AgainError(reasonOf(end));
}

/** A pause that is ended early is noticed after this time. */
const putOffMs = 5 * 60_000;

/** What was due before a pause is asked for again later, under another id. What a person asked for is done. */
async function isPutOff(room: NightRoom, site: FleetSite, asked: FleetJob): Promise<boolean> {
  const { engine, context } = room;
  if (asked.askedBy !== null || asked.due === null) return false;
  const end = (await endOfPause(room.store, site)) ?? (await room.outages.putOffUntil(site, new Date()));
  if (end === null) return false;
  const until = new Date(Math.min(Date.now() + putOffMs, end.getTime()));
  await engine.send(queueOf(site.zone), asked, {
    id: jobIdOf(site.name, asked.job, new Date(asked.due), until.toISOString()),
    priority: priorities[asked.job] ?? 0,
    group: { id: site.group },
    startAfter: until,
  });
  context.log('fleet_job_put_off', { site: site.name, job: asked.job, until });
  return true;
}

async function endOfPause(store: FleetStore, { name, zone }: FleetSite): Promise<Date | null> {
  const scopes = ['all', `zone:${zone}`, `site:${name}`];
  const untils = (await store.pauses()).flatMap(({ scope, until_at }) => (scopes.includes(scope) ? [until_at] : []));
  return untils.length === 0 ? null : new Date(Math.max(...untils.map((one) => one.getTime())));
}

const nightJobs = ['nightly', 'intraday'];
const waitForLedger = '10m';

/** Every night ends within 20 hours: the engine gives up a job after a day. */
const longestMs = 20 * 3_600_000;

export function argvOf(site: FleetSite, { job, due, flags }: FleetJob, now: Date): string[] {
  if (!nightJobs.includes(job)) return [job, ...flags];
  const timed = due === null ? [] : ['--due', due, '--once'];
  const own = (flag: string, value: string): string[] => (flags.includes(flag) ? [] : [flag, value]);
  return [job, ...timed, ...own('--wait', waitForLedger), ...own('--until', untilOf(site, now)), ...flags];
}

/** FLEET_UNTIL, if that is within 20 hours. */
function untilOf({ until, timeZone }: FleetSite, now: Date): string {
  const here = DateTime.fromJSDate(now, { zone: timeZone });
  const longest = here.plus({ milliseconds: longestMs });
  if (until === null) return longest.toFormat('HH:mm');
  const today = here.set({ ...until, second: 0, millisecond: 0 });
  const next = today > here ? today : today.plus({ days: 1 });
  return (next < longest ? next : longest).toFormat('HH:mm');
}

export const settingsOf = ({ url, reportDir }: WorkerConfig, { name, zone }: FleetSite): Record<string, string> => ({
  REPORT_DIR: join(reportDir, name),
  METRICS_FILE: join(reportDir, `${name}.prom`),
  RATE_BUDGET_URL: url.reveal(),
  RATE_ADDRESS: zone,
});

function countsIn(reports: string): NightCounts | null {
  try {
    const summary = JSON.parse(readFileSync(join(reports, 'summary.json'), 'utf8')) as SummaryFile;
    const { accepted, rejected, failed, unknown, blocked, not_started } = totalCalls(summary.calls);
    return {
      accepted,
      open_calls: rejected + failed + unknown + blocked + not_started,
      waiting: Object.values(summary.waiting).reduce((sum, one) => sum + one, 0),
      nights_left: summary.nights_left,
      person_lines: summary.person_lines,
      findable_share: summary.findability.share,
    };
  } catch {
    return null;
  }
}

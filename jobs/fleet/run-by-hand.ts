/** `fleet run JOB SITE… -- flags`: a job of one or more sites, done by the workers, ahead of what is due. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FleetSite } from '../../src/config/fleet/site-folder.ts';
import { takesJobs } from '../../src/decide/fleet/troubles.ts';
import { exitCodes, type ExitCode, UsageFault, worseOf } from '../../src/fault.ts';
import { priorityByHand, queueOf, queueOptions } from '../../src/fleet/engine.ts';
import type { EndRow, FleetStore } from '../../src/fleet/fleet-store.ts';
import { counted } from '../../src/plain-text.ts';
import type { JobContext } from '../frame/job.ts';
import { askedBy, type FleetPlace, type FleetSession, withFleet } from './place.ts';

interface RunAsked {
  readonly job: string;
  readonly sites: readonly string[];
  readonly flags: readonly string[];
  readonly scope: 'named' | 'all' | 'failing';
}

/** A person decides them for one site. */
const decisions = ['baseline', 'settle', 'apply', 'acknowledge'];
const decidingFlags = ['--allow-large-change', '--new-target', '--force', '--after-restore'];
export const siteJobs: readonly string[] = [
  ...['nightly', 'intraday', 'rerun', 'apply', 'resend', 'baseline', 'acknowledge', 'settle', 'confirm', 'audit'],
  ...['organization', 'report', 'status', 'watchdog', 'doctor', 'migrate', 'prune', 'show-config'],
];

/** Their own words follow the names of sites: `report a RUN_ID`, `settle a FILE.csv --as send`. */
const jobsWithWords = ['report', 'apply', 'settle', 'acknowledge', 'organization'];

/** `nightly a b --max-calls 5`: sites are the words before the first flag, and before the first that is no name of a site. */
export function readRun(words: readonly string[], scope: RunAsked['scope'], known: readonly string[]): RunAsked {
  const [job = '', ...rest] = words;
  if (!siteJobs.includes(job)) {
    throw new UsageFault(
      `fleet run takes the name of a site's job first, such as nightly or doctor, not ${JSON.stringify(job)}.`,
    );
  }
  const ends = (word: string): boolean =>
    word.startsWith('-') || (jobsWithWords.includes(job) && (scope !== 'named' || !known.includes(word)));
  const flagAt = rest.findIndex(ends);
  const sites = flagAt === -1 ? rest : rest.slice(0, flagAt);
  const flags = flagAt === -1 ? [] : rest.slice(flagAt);
  if ((scope === 'named') !== sites.length > 0) {
    throw new UsageFault('fleet run takes names of sites, --all or --failing: exactly one of them.');
  }
  const deciding = [job]
    .filter((one) => decisions.includes(one))
    .concat(flags.filter((flag) => decidingFlags.includes(flag)));
  if (scope !== 'named' && deciding.length > 0) {
    throw new UsageFault(`${deciding[0] ?? ''} is a decision about one site: name the sites instead of --${scope}.`);
  }
  return { job, sites, flags, scope };
}

export async function runByHand(context: JobContext, place: FleetPlace, asked: RunAsked): Promise<ExitCode> {
  const config = place.config();
  const { sites } = place.read();
  return withFleet(config, async (session) => {
    const chosen = await choose(session, sites, asked);
    const ids = new Map<string, FleetSite>();
    for (const zone of new Set(chosen.map((site) => site.zone))) {
      await session.engine.createQueue(queueOf(zone), queueOptions(config.heartbeatMs));
    }
    for (const site of chosen) {
      const id = randomUUID();
      const data = { site: site.name, job: asked.job, due: null, flags: asked.flags, askedBy: askedBy() };
      await session.engine.send(queueOf(site.zone), data, {
        id,
        priority: priorityByHand,
        group: { id: site.group },
        retryLimit: retriesByHand,
      });
      ids.set(id, site);
    }
    const patience = { worker: config.heartbeatMs, folder: place.folder };
    return waitForEnds(context, session, ids, patience);
  });
}

/** A worker may die; what fails by itself a person sees. */
const retriesByHand = 3;
const pollMs = 1_000;

async function choose(
  { store }: FleetSession,
  sites: readonly FleetSite[],
  { sites: names, scope }: RunAsked,
): Promise<FleetSite[]> {
  if (scope === 'all') return [...sites];
  const wanted =
    scope === 'named' ? names : (await store.sites()).flatMap(({ site, state }) => (state === 'failing' ? [site] : []));
  return wanted.map((name) => {
    const found = sites.find((site) => site.name === name);
    if (found === undefined)
      throw new UsageFault(`The folder has no valid site ${name}; \`fleet check\` lists its sites.`);
    return found;
  });
}

/** Zones in which no worker has taken jobs for that time. */
async function deadZones(store: FleetStore, lastLife: Map<string, number>, patienceMs: number): Promise<string[]> {
  const now = performance.now();
  for (const worker of await store.workers()) if (takesJobs(worker)) lastLife.set(worker.zone, now);
  return [...lastLife].flatMap(([zone, at]) => (now - at > patienceMs ? [zone] : []));
}

async function waitForEnds(
  { print, signal }: JobContext,
  { engine, store }: FleetSession,
  ids: Map<string, FleetSite>,
  patience: { readonly worker: number; readonly folder: string },
): Promise<ExitCode> {
  let worst: ExitCode = exitCodes.done;
  const lastLife = new Map([...ids.values()].map(({ zone }) => [zone, performance.now()]));
  while (ids.size > 0) {
    if (signal.aborted) return exitCodes.stopped;
    const ends = new Map<string, EndRow>((await store.ends([...ids.keys()])).map((end) => [end.job_id, end]));
    for (const [id, site] of ids) {
      const state = (await engine.getJobById(queueOf(site.zone), id))?.state ?? 'completed';
      if (!['completed', 'failed', 'cancelled'].includes(state)) continue;
      const end = ends.get(id);
      const code = end?.exit_code ?? exitCodes.unavailable;
      print(
        `${site.name}: ${end === undefined ? 'was not done' : `exit code ${String(end.exit_code ?? 'none')}, ${end.reason ?? ''}`}`,
      );
      worst = worseOf(worst, code);
      ids.delete(id);
    }
    for (const zone of await deadZones(store, lastLife, patience.worker)) {
      const left = [...ids].filter(([, site]) => site.zone === zone);
      if (left.length === 0) continue;
      print(
        `No worker of zone ${zone} takes jobs: ${counted(left.length, 'job')} (${left.map(([, { name }]) => name).join(', ')}) wait in the queue ` +
          `for the first one. \`redox-reconcile fleet work --zone ${zone} --folder ${patience.folder}\` starts one; fleet status shows why another ` +
          'takes none, and how they end.',
      );
      worst = worseOf(worst, exitCodes.unavailable);
      for (const [id] of left) ids.delete(id);
    }
    if (ids.size > 0) await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
  return worst;
}

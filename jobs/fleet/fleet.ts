import { resolve } from 'node:path';
import { zone, zoneWords } from '../../src/config/fleet/fleet-settings.ts';
import { duration, wholeNumber } from '../../src/config/format/formats.ts';
import { exitCodes, type ExitCode } from '../../src/fault.ts';
import { loadPgBoss, openEngine } from '../../src/fleet/engine.ts';
import { FleetDatabase } from '../../src/fleet/fleet-database.ts';
import { defineJob, type JobContext, type Manual } from '../frame/job.ts';
import { flag, remaining, text, typed, type ValuesOf, word } from '../frame/options.ts';
import { enterFolder, type FleetPlace } from './place.ts';

const manual: Manual = {
  what: 'Runs many sites on one or several machines. A fleet is a folder (fleet.env, sites.env, sites/<site>.env, contracts/) and a Postgres database of its own. check: are the settings of each site right? migrate: makes the database. work: a worker, in the foreground; start one on each machine. run JOB SITE… [-- flags]: a job of sites by hand. status: one line a site, the worst first; page FILE.html: the same as a page. pause, resume: nothing of some sites starts for a while. rate: the limits of client addresses. demo: three sites and two workers on this machine, one of them killed.',
  when: 'With more sites than you want cron lines for. One site needs cron or schedule, two machines for one site need --wait.',
  reads:
    'The folder, and the fleet database (FLEET_URL). A worker opens no ledger and reads no secret of a site: each job is a process of its own, with the settings of its site.',
  writes:
    'The fleet database: names of sites, times, counts and exit codes. The reports of each site go to <FLEET_REPORT_DIR>/<site>/. The output of their jobs goes to stdout with the name of its site.',
  repeat:
    'Yes. A due time is done once, however many workers there are, and what a dead worker left is started again within a minute.',
  stop: 'SIGTERM or SIGINT: a worker starts nothing more and stops its jobs, or lets them end for as long as --drain says. Other workers continue them.',
  exitCodes: Object.values(exitCodes),
  examples: [
    'redox-reconcile fleet demo',
    'redox-reconcile fleet check --folder /etc/fleet',
    'redox-reconcile fleet work --folder /etc/fleet --slots 4',
    'redox-reconcile fleet run resend clinic-a -- --held',
  ],
};

const actions = ['check', 'migrate', 'work', 'run', 'status', 'page', 'pause', 'resume', 'rate', 'demo'] as const;

const dayMs = 24 * 3_600_000;

const options = {
  action: word('<ACTION>', 'what to do', actions),
  words: remaining(
    '[WORDS...]',
    'run: a job, then sites, then -- and flags of the job; status, pause, resume: sites; page: a file; rate: an address',
  ),
  doctor: flag('--doctor', 'check: also run the doctor of each site, FLEET_SLOTS at a time'),
  folder: text('--folder <FOLDER>', 'the folder of the fleet; default fleet'),
  zone: typed(
    '--zone <ZONE>',
    'work: the zone of this worker, instead of FLEET_ZONE; pause, resume: all sites of a zone',
    zone,
    zoneWords,
  ),
  slots: typed(
    '--slots <N>',
    'work: jobs at a time, instead of FLEET_SLOTS',
    wholeNumber(1, 99),
    'a whole number from 1 to 99',
  ),
  drain: typed(
    '--drain <DURATION>',
    'work: how long running jobs may go on after SIGTERM; default 0s',
    duration(0, dayMs),
    'a duration from 0s to 24h, such as 10m',
  ),
  all: flag('--all', 'run, pause, resume: all sites'),
  failing: flag('--failing', 'run: the sites that are failing'),
  until: text('--until <TIME>', 'pause: a duration such as 8h, or a date-time with zone'),
  because: text('--because <TEXT>', 'pause: why; no names of patients'),
  calls: typed('--calls <N>', 'rate: calls in a window', wholeNumber(1, 9_999_999), 'a whole number from 1 on'),
  window: typed(
    '--window <DURATION>',
    'rate: its length, such as 5m',
    duration(1, dayMs),
    'a duration from 1ms to 24h, such as 5m',
  ),
  pause: typed(
    '--pause <DURATION>',
    'rate: no call leaves by the address for that time; 0s ends it',
    duration(0, dayMs),
    'a duration from 0s to 24h, such as 5m',
  ),
  json: flag('--json', 'status: as JSON'),
};

export const fleet = defineJob({
  manual,
  options,
  run: async (context, asked): Promise<ExitCode> => {
    await loadPgBoss();
    return act(context, asked);
  },
});

async function act(context: JobContext, asked: ValuesOf<typeof options>): Promise<ExitCode> {
  const { action, words } = asked;
  if (action === 'demo') return (await import('./demo.ts')).demo(context, asked.folder);
  // Before the folder becomes the current one.
  const pageFile = resolve(words[0] ?? 'fleet.html');
  const place = enterFolder(context, asked.folder);
  switch (action) {
    case 'check':
      return (await import('./check.ts')).check(context, place, { withDoctor: asked.doctor });
    case 'migrate':
      return migrate(context, place);
    case 'work': {
      const { work } = await import('./work.ts');
      return work(context, place, { zone: asked.zone, slots: asked.slots, drainMs: asked.drain ?? 0 });
    }
    case 'run': {
      const { readRun, runByHand } = await import('./run-by-hand.ts');
      const scope = asked.all ? 'all' : asked.failing ? 'failing' : 'named';
      const known = place.read().sites.map(({ name }) => name);
      return runByHand(context, place, readRun(words, scope, known));
    }
    case 'page':
      return (await import('./page.ts')).page(context, place, pageFile);
    case 'pause':
      return (await import('./pause.ts')).pause(context, place, { ...asked, sites: words });
    case 'resume':
      return (await import('./pause.ts')).resume(context, place, { ...asked, sites: words });
    case 'rate':
      return (await import('./pause.ts')).rate(context, place, { ...asked, address: words[0] ?? null });
    case 'status':
      return (await import('./status.ts')).status(context, place, { names: words, json: asked.json });
  }
}

async function migrate({ print }: JobContext, place: FleetPlace): Promise<ExitCode> {
  const database = new FleetDatabase(place.config().url);
  try {
    await database.migrate();
    const engine = await openEngine(database, 'migrate');
    await engine.start();
    await engine.stop({ graceful: false, close: false, timeout: 1_000 });
    print('The fleet database is ready.');
    return exitCodes.done;
  } finally {
    await database.close();
  }
}

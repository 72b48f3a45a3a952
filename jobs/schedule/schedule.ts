import { once } from 'node:events';
import { everyPart } from '../../src/config/settings.ts';
import { loadAlerting } from '../../src/config/alerting.ts';
import { exitCodes, UsageFault, type ExitCode } from '../../src/fault.ts';
import { serveMetrics } from '../../src/health/metrics/server.ts';
import { defineJob, type JobContext, type Manual } from '../frame/job.ts';
import { text } from '../frame/options.ts';
import { type Health, watchHealth } from './health.ts';
import { keepMetrics } from './metrics.ts';
import { startTimetable, type Entry } from './timetable.ts';

const manual: Manual = {
  what: 'Starts jobs by cron expressions, in the foreground, as long as it runs: for a container, or a machine without cron.',
  when: 'Instead of cron. Start it once and let the supervisor (Docker, systemd) start it again.',
  reads: 'What the jobs read; the whole configuration is checked at the start, so that a fault shows at once.',
  writes:
    'What the jobs write. Each start and end is logged, with the exit code. A job that was due while the machine slept starts within half a minute of the wake-up, up to an hour late; after that it is logged as missed (too_late). With METRICS_PORT, it serves /metrics as of the last run, and /healthz: 200 while the last run of each job was neither failed nor missed, otherwise 503 with a sentence.',
  repeat:
    'Yes. Of two schedules over one ledger the second is refused run by run (75), because the ledger is locked; that is logged, and the schedule continues, as after every other exit code.',
  stop: 'SIGTERM or SIGINT: nothing new is started, and the current run is closed as stopped. A second signal ends it at once.',
  exitCodes: [exitCodes.done, exitCodes.stopped, exitCodes.usage, exitCodes.bug],
  examples: [
    'redox-reconcile schedule --nightly "15 2 * * *"',
    'redox-reconcile schedule --nightly "15 2 * * *" --intraday "0 8-18/2 * * 1-5"',
  ],
};

const expressionHelp =
  'in the zone SITE_TIME_ZONE; a time in the hour skipped by daylight saving starts when the clocks move, and in the repeated hour only recurring times start twice';

export const schedule = defineJob({
  manual,
  options: {
    nightly: text('--nightly <expression>', `when to start nightly, ${expressionHelp}`),
    intraday: text('--intraday <expression>', 'when to start intraday'),
  },
  run: async (context, { nightly, intraday }) => {
    const entries: Entry[] = [
      ...(nightly === null ? [] : [{ job: 'nightly', expression: nightly }]),
      ...(intraday === null ? [] : [{ job: 'intraday', expression: intraday }]),
    ];
    if (entries.length === 0) {
      throw new UsageFault('schedule has nothing to start; expected --nightly "15 2 * * *", --intraday "…", or both.');
    }
    const { siteTimeZone } = context.config(...everyPart);
    const interrupted: string[] = [];
    const { health, refresh, close } = await openToPrometheus(context);
    const timetable = startTimetable(
      entries,
      siteTimeZone,
      context.log,
      async (job, due) => {
        const exitCode = await startJob(context, job, due);
        health.noteEnd(job, due, exitCode);
        await refresh();
        if (exitCode === exitCodes.stopped && context.signal.aborted) interrupted.push(job);
      },
      health.noteMissed,
    );
    if (!context.signal.aborted) await once(context.signal, 'abort');
    await timetable.stop();
    await close();
    return interrupted.length > 0 ? exitCodes.stopped : exitCodes.done;
  },
});

interface OpenToPrometheus {
  readonly health: Health;
  readonly refresh: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Serves metrics and health where METRICS_PORT says so. */
async function openToPrometheus({ environment, envFiles, log }: JobContext): Promise<OpenToPrometheus> {
  const health = watchHealth();
  const alerting = loadAlerting(environment, envFiles);
  const address = alerting.metricsAddress;
  const nothing = (): Promise<void> => Promise.resolve();
  if (address === null) return { health, refresh: nothing, close: nothing };
  const metrics = keepMetrics(alerting.ledger, log);
  const server = await serveMetrics(address, { metrics: metrics.text, ailment: health.ailment });
  log('metrics_served', { host: address.host, port: server.port });
  await metrics.refresh();
  return { health, refresh: metrics.refresh, close: () => server.close() };
}

/** Runs the job as the command line would. The schedule continues after every result, and the next run continues the work. */
async function startJob({ log, start }: JobContext, job: string, due: Date): Promise<ExitCode> {
  log('scheduled_job_started', { job, due });
  const startedAt = performance.now();
  const exitCode = await start([job, '--due', due.toISOString()]);
  const ms = Math.round(performance.now() - startedAt);
  log(exitCode < exitCodes.usage ? 'scheduled_job_finished' : 'scheduled_job_failed', { job, exitCode, ms });
  return exitCode;
}

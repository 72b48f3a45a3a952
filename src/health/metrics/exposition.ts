/**
 * The figures in Prometheus's text format 0.0.4. All are gauges of the current state or of a job's last run, because a nightly run has
 * no rate. Times are Unix seconds, so they stay right between scrapes.
 */
import { Gauge, Histogram, type MetricValueWithName, Registry } from 'prom-client';
import { siteStates } from '../../decide/health.ts';
import {
  type AuditFigures,
  type Figures,
  type JobFigures,
  type Latency,
  latencyBoundsS,
  type RunFigures,
} from './figures.ts';

export const contentType = Registry.PROMETHEUS_CONTENT_TYPE;

export function exposition(figures: Figures): Promise<string> {
  const registry = new Registry();
  howItStands(registry, figures);
  howJobsEnded(registry, figures.jobs);
  whatRunsDid(registry, figures.jobs);
  return registry.metrics();
}

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number | null];

/** One series per sample with a value; a metric without samples is left out. */
function gauge(registry: Registry, name: string, help: string, samples: readonly Sample[]): void {
  const known = samples.flatMap(([labels, value]) => (value === null ? [] : [{ labels, value }]));
  const [first] = known;
  if (first === undefined) return;
  const labelNames = Object.keys(first.labels);
  const metric = new Gauge({ name: `redox_reconcile_${name}`, help, labelNames, registers: [registry] });
  for (const { labels, value } of known) metric.set(labels, value);
}

const inSeconds = (time: Date | null): number | null => (time === null ? null : time.getTime() / 1000);

function howItStands(registry: Registry, { state, cleanNight, watermark, openCalls, findability }: Figures): void {
  const states = siteStates.map((one): Sample => [{ state: one }, one === state ? 1 : 0]);
  gauge(registry, 'site_state', 'State of the site: 1 for the current one.', states);
  gauge(registry, 'last_clean_night_timestamp_seconds', 'End of the last clean nightly.', [
    [{}, inSeconds(cleanNight)],
  ]);
  gauge(registry, 'watermark_timestamp_seconds', 'How far the EHR has been read, by updated_at.', [
    [{}, inSeconds(watermark)],
  ]);
  const open = openCalls.map(({ event_type, state, calls }): Sample => [{ event_type, state }, calls]);
  gauge(registry, 'open_calls', 'Open calls, over all runs.', open);
  gauge(registry, 'findable_patients', 'Patients at Redox that others can find by name, birth date and ZIP.', [
    [{}, findability?.findable ?? null],
  ]);
  gauge(registry, 'judged_patients', 'Patients at Redox with assessed match keys.', [
    [{}, findability?.patients ?? null],
  ]);
  gauge(registry, 'unjudged_patients', 'Patients at Redox without assessed match keys.', [
    [{}, findability?.not_judged ?? null],
  ]);
}

function howJobsEnded(registry: Registry, jobs: readonly JobFigures[]): void {
  const each = (name: string, help: string, valueOf: (job: JobFigures) => number | null): void => {
    gauge(
      registry,
      `last_run_${name}`,
      help,
      jobs.map((one): Sample => [{ job: one.job }, valueOf(one)]),
    );
  };
  each('exit_code', 'Exit code of the last run; 0 and 2 are done.', ({ exitCode }) => exitCode);
  each('due_timestamp_seconds', 'Due time of the last run.', ({ due }) => inSeconds(due));
  each('start_timestamp_seconds', 'When the last run started.', ({ started }) => inSeconds(started));
  each('end_timestamp_seconds', 'When the last run ended.', ({ ended }) => inSeconds(ended));
  each('duration_seconds', 'Duration of the last run, from its due time.', ({ due, ended }) =>
    secondsBetween(due, ended),
  );
  each('rows_per_second', 'Rows that the last run read per second.', rowsPerSecond);
}

const secondsBetween = (from: Date, to: Date): number => Math.max(0, to.getTime() - from.getTime()) / 1000;

function rowsPerSecond({ run, started, ended }: JobFigures): number | null {
  const seconds = secondsBetween(started, ended);
  if (run === null || seconds === 0) return null;
  return run.rows.reduce((sum, { rowClass, count }) => sum + (rowClass === 'read' ? count : 0), 0) / seconds;
}

function whatRunsDid(registry: Registry, jobs: readonly JobFigures[]): void {
  const runs = jobs.flatMap(({ job, run }) => (run === null ? [] : [{ job, ...run }]));
  // `read` is the sum of the classes.
  const rows = runs.flatMap(({ job, rows }) =>
    rows
      .filter(({ rowClass }) => rowClass !== 'read')
      .map(({ entity, rowClass, count }): Sample => [{ job, entity, class: rowClass }, count]),
  );
  gauge(registry, 'last_run_rows', 'Rows that the last run read, by class.', rows);
  const calls = runs.flatMap(({ job, calls }) =>
    calls.map(({ eventType, outcome, count }): Sample => [{ job, event_type: eventType, outcome }, count]),
  );
  gauge(registry, 'last_run_calls', 'Calls that the last run planned, by outcome.', calls);
  const confirmed = runs.flatMap(({ job, confirmation }) =>
    confirmation.map(({ status, count }): Sample => [{ job, status }, count]),
  );
  if (confirmed.length > 0) gauge(registry, 'last_run_logs', 'Accepted messages by their log at Redox.', confirmed);
  whatAuditsFound(registry, runs);
  if (runs.length > 0) new Latencies(registry, runs);
}

function whatAuditsFound(registry: Registry, runs: readonly (RunFigures & { readonly job: string })[]): void {
  const audits = runs.flatMap(({ job, audit }) => (audit === null ? [] : [{ job, ...audit }]));
  const each = (
    name: string,
    help: string,
    samplesOf: (audit: AuditFigures & { readonly job: string }) => readonly Sample[],
  ): void => {
    const samples = audits.flatMap(samplesOf);
    if (samples.length > 0) gauge(registry, name, help, samples);
  };
  each('last_audit_results', 'What the last audit found at Redox, by result.', ({ results }) =>
    results.map(({ entity, result, count }): Sample => [{ entity, result }, count]),
  );
  each('last_audit_wrong_share', 'Share of wrong patients in the last audit.', ({ wrongShare }) =>
    wrongShare === null ? [] : [[{}, wrongShare]],
  );
  each(
    'last_audit_wrong_share_at_most',
    'Largest likely share of wrong patients, by the last sample.',
    ({ wrongAtMost }) => (wrongAtMost === null ? [] : [[{}, wrongAtMost]]),
  );
}

/** A histogram from counts of the ledger: a night has too many attempts to observe each again. */
class Latencies extends Histogram<'job' | 'le'> {
  readonly #runs: readonly { readonly job: string; readonly latencies: readonly Latency[] }[];

  constructor(registry: Registry, runs: readonly { readonly job: string; readonly latencies: readonly Latency[] }[]) {
    super({ name: latencyName, help: latencyHelp, buckets: [...latencyBoundsS], registers: [registry] });
    this.#runs = runs;
  }

  /** The registry calls this for the text; `get` has no observations and stays empty. */
  getForPromString(): Promise<Exposed> {
    const values = this.#runs.flatMap(({ job, latencies }) => histogramOf(job, latencies));
    return Promise.resolve({ name: latencyName, help: latencyHelp, type: 'histogram', values });
  }
}

interface Exposed {
  readonly name: string;
  readonly help: string;
  readonly type: 'histogram';
  readonly values: readonly MetricValueWithName<'job' | 'le'>[];
}

const latencyName = 'redox_reconcile_last_run_attempt_duration_seconds';
const latencyHelp = 'How long each POST of the last run took.';

function histogramOf(job: string, latencies: readonly Latency[]): MetricValueWithName<'job' | 'le'>[] {
  const upTo = (bound: number): number => attemptsIn(latencies.filter(({ at_most }) => (at_most ?? Infinity) <= bound));
  const buckets = [...latencyBoundsS, Infinity].map((bound) => ({
    metricName: `${latencyName}_bucket`,
    labels: { job, le: bound === Infinity ? '+Inf' : bound },
    value: upTo(bound),
  }));
  const seconds = latencies.reduce((sum, one) => sum + one.seconds, 0);
  return [
    ...buckets,
    { metricName: `${latencyName}_sum`, labels: { job }, value: seconds },
    { metricName: `${latencyName}_count`, labels: { job }, value: attemptsIn(latencies) },
  ];
}

const attemptsIn = (latencies: readonly Latency[]): number => latencies.reduce((sum, one) => sum + one.attempts, 0);

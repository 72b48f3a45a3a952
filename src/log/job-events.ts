/** What happens around a run: alerts, metrics, settings, signals and schedules. `log-events.ts` has the rules. */
export const jobEvents = {
  // Alerts and metrics
  alert_sent: {
    level: 'info',
    fields: { job: 'code', state: 'code', before: 'code' },
    sentence: 'Sent the alert "{state}" to ALERT_WEBHOOK_URL; the previous one was "{before}".',
  },
  alert_failed: {
    level: 'warn',
    fields: { job: 'code', state: 'code', reason: 'code' },
    sentence:
      'Could not send the alert "{state}" to ALERT_WEBHOOK_URL: {reason}. The run is unaffected; the next job retries the alert.',
  },
  heartbeat_failed: {
    level: 'warn',
    fields: { job: 'code', reason: 'code' },
    sentence:
      'Could not reach HEARTBEAT_URL: {reason}. The run is unaffected, but the heartbeat monitor may alert the person on call.',
  },
  health_record_failed: {
    level: 'warn',
    fields: { job: 'code', reason: 'code' },
    sentence: 'Could not read the site health from the ledger ({reason}); the end of {job} is saved in REPORT_DIR.',
  },
  health_record_lost: {
    level: 'warn',
    fields: { job: 'code', reason: 'code' },
    sentence:
      'Could not save the alert state of {job} to REPORT_DIR either ({reason}); the next job may send this alert twice.',
  },
  metrics_failed: {
    level: 'warn',
    fields: { job: 'code', reason: 'code' },
    sentence: 'Could not write the metrics: {reason}. Check METRICS_FILE and the ledger; the run is unaffected.',
  },
  metrics_served: {
    level: 'info',
    fields: { host: 'code', port: 'count' },
    sentence: 'Serving /metrics and /healthz at {host}, port {port}.',
  },

  // Around the job
  job_ended: {
    level: 'info',
    fields: { job: 'code', exitCode: 'count', reason: 'code' },
    sentence: '{job} ended with exit code {exitCode}: {reason}.',
  },
  setting_unknown: {
    level: 'warn',
    fields: { name: 'code', nearest: 'code' },
    sentence: 'Ignored the unknown environment variable {name}; the nearest setting is {nearest}.',
  },
  setting_doubtful: {
    level: 'warn',
    fields: { name: 'code', doubt: 'advice' },
    sentence: '{name}: {doubt}.',
  },
  shutdown_requested: {
    level: 'warn',
    fields: { signal: 'code' },
    sentence:
      'Received {signal}: the job finishes its current work and starts nothing new. A second signal ends it at once.',
  },
  job_scheduled: {
    level: 'info',
    fields: { job: 'code', next: 'time', words: 'advice' },
    sentence: '{job} starts next: {words}.',
  },
  scheduled_job_started: { level: 'info', fields: { job: 'code', due: 'time' }, sentence: '{job} starts, due {due}.' },
  scheduled_job_finished: {
    level: 'info',
    fields: { job: 'code', exitCode: 'count', ms: 'ms' },
    sentence: '{job} ended with exit code {exitCode} after {ms}.',
  },
  scheduled_job_failed: {
    level: 'error',
    fields: { job: 'code', exitCode: 'count', ms: 'ms' },
    sentence: '{job} ended with exit code {exitCode} after {ms}; the schedule continues.',
  },
  scheduled_job_skipped: {
    level: 'warn',
    fields: { job: 'code', due: 'time', reason: 'code' },
    sentence: '{job}, due {due}, did not start: {reason}.',
  },
} as const;

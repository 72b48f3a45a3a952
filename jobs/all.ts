import type { ListedJob } from './frame/job.ts';

/** All jobs, in the order of the help. A job's file is imported only when that job runs, so start-up stays fast. */
export const jobs: readonly ListedJob[] = [
  {
    name: 'nightly',
    summary: 'compare every row with what Redox was last sent, and send what is missing',
    load: async () => (await import('./night/nightly.ts')).nightly,
  },
  {
    name: 'intraday',
    summary: 'the same for rows updated since the last run, by their updated_at',
    load: async () => (await import('./night/intraday.ts')).intraday,
  },
  {
    name: 'rerun',
    summary: 'compare and send a range of dates or a list of rows, by hand',
    load: async () => (await import('./night/rerun.ts')).rerun,
  },
  {
    name: 'apply',
    summary: 'deliver the stored plan of a --plan-only run',
    load: async () => (await import('./night/apply.ts')).apply,
  },
  {
    name: 'resend',
    summary: 'deliver the open calls, and nothing else',
    load: async () => (await import('./night/resend.ts')).resend,
  },
  {
    name: 'baseline',
    summary: "fill the ledger from the EHR's current rows, and send nothing",
    load: async () => (await import('./ledger/baseline.ts')).baseline,
  },
  {
    name: 'acknowledge',
    summary: 'record what another sender delivered, and send nothing',
    load: async () => (await import('./ledger/acknowledge.ts')).acknowledge,
  },
  {
    name: 'settle',
    summary: "record a person's decision on unknown, held, gone or orphaned rows",
    load: async () => (await import('./ledger/settle.ts')).settle,
  },
  {
    name: 'confirm',
    summary: 'ask Redox what became of accepted messages',
    load: async () => (await import('./night/confirm.ts')).confirm,
  },
  {
    name: 'audit',
    summary: 'read patients and documents back from Redox, and compare them',
    load: async () => (await import('./night/audit.ts')).audit,
  },
  {
    name: 'organization',
    summary: "keep the organisation's record in the Carequality directory",
    load: async () => (await import('./organization/organization.ts')).organization,
  },
  {
    name: 'report',
    summary: "write a run's reports again",
    load: async () => (await import('./ledger/report.ts')).report,
  },
  {
    name: 'status',
    summary: 'print the last runs, the open calls, and the time since a clean night',
    load: async () => (await import('./ledger/status.ts')).status,
  },
  {
    name: 'watchdog',
    summary: 'alert after N hours without a clean night (exit code 2)',
    load: async () => (await import('./ledger/watchdog.ts')).watchdog,
  },
  {
    name: 'init',
    summary: 'make an env file, keys and a contract to fill in',
    load: async () => (await import('./setup/init.ts')).init,
  },
  {
    name: 'doctor',
    summary: 'check settings, contract, databases, clocks, keys and rights; explain how to fix each fault',
    load: async () => (await import('./setup/doctor.ts')).doctor,
  },
  {
    name: 'migrate',
    summary: 'bring the ledger to the version of this program',
    load: async () => (await import('./ledger/migrate.ts')).migrate,
  },
  {
    name: 'prune',
    summary: 'delete runs that ended long ago',
    load: async () => (await import('./ledger/prune.ts')).prune,
  },
  {
    name: 'show-config',
    summary: 'print the effective configuration, secrets masked',
    load: async () => (await import('./setup/show-config.ts')).showConfig,
  },
  {
    name: 'sandbox',
    summary: 'run the local stand-in for Redox alone',
    load: async () => (await import('./local/sandbox.ts')).sandbox,
  },
  {
    name: 'demo',
    summary: 'play a few nights of a small clinic, on this machine alone',
    load: async () => (await import('./local/demo.ts')).demo,
  },
  {
    name: 'schedule',
    summary: 'start nightly and intraday by cron expressions, in the foreground',
    load: async () => (await import('./schedule/schedule.ts')).schedule,
  },
  {
    name: 'fleet',
    summary: 'run many sites on several machines',
    load: async () => (await import('./fleet/fleet.ts')).fleet,
  },
];

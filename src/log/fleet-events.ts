import { list } from './log-event.ts';

/** Of `fleet work`. The lines of a site's own job carry `site`. */
export const fleetEvents = list({
  fleet_worker_started: {
    level: 'info',
    fields: { worker: 'code', zone: 'code', slots: 'count', sites: 'count' },
    sentence: 'Worker {worker} of zone {zone} works on {slots} jobs at a time; its folder has {sites} sites.',
  },
  fleet_worker_outdated: {
    level: 'error',
    fields: { version: 'code' },
    sentence:
      'Workers of a newer release have used the ledgers, so this one ({version}) ends. Install that release here.',
  },
  fleet_job_started: {
    level: 'info',
    fields: { site: 'code', job: 'code', due: 'time' },
    sentence: '{site}: {job} starts, due {due}.',
  },
  fleet_job_ended: {
    level: 'info',
    fields: { site: 'code', job: 'code', exitCode: 'count', reason: 'code', ms: 'ms' },
    sentence: '{site}: {job} ended with exit code {exitCode} after {ms}: {reason}.',
  },
  fleet_job_put_off: {
    level: 'info',
    fields: { site: 'code', job: 'code', until: 'time' },
    sentence: '{site}: {job} waits for the end of a pause, {until}.',
  },
  fleet_job_not_started: {
    level: 'error',
    fields: { site: 'code', job: 'code', code: 'code' },
    sentence: '{site}: the process of {job} could not be started ({code}); the engine tries again on any worker.',
  },
  fleet_site_unknown: {
    level: 'warn',
    fields: { site: 'code', job: 'code' },
    sentence:
      '{site}: {job} is not started here, because the folder of this worker has no valid file of that site. Another worker may have it.',
  },
  fleet_zone_paused: {
    level: 'error',
    fields: { zone: 'code', until: 'time' },
    sentence:
      'Five sites of zone {zone} failed alike at Redox: the others wait until {until}, then one tries first. `redox-reconcile fleet resume` ends that.',
  },
  fleet_folder_unreadable: {
    level: 'error',
    fields: { says: 'advice' },
    sentence: 'This worker starts nothing more until its folder is back. {says}. Running jobs go on.',
  },
  fleet_folder_readable: {
    level: 'info',
    fields: { sites: 'count' },
    sentence: 'The folder of sites is back, with {sites} sites: this worker goes on.',
  },
  fleet_clock_wrong: {
    level: 'error',
    fields: { seconds: 'count', direction: 'code' },
    sentence:
      "This machine's clock is {seconds} seconds {direction} the fleet database's, so this worker starts nothing more: Redox would refuse its tokens. Synchronise both (NTP); then it goes on. Running jobs go on.",
  },
  fleet_clock_right: {
    level: 'info',
    fields: {},
    sentence: "This machine's clock agrees with the fleet database's again: this worker goes on.",
  },
  fleet_reports_unreadable: {
    level: 'warn',
    fields: { code: 'code' },
    sentence:
      'FLEET_REPORT_DIR cannot be read ({code}), so /metrics has the figures of the fleet alone. Is its disk mounted?',
  },
  fleet_site_invalid: {
    level: 'error',
    fields: { site: 'code', says: 'advice' },
    sentence: '{site} is left out: {says}. `redox-reconcile fleet check` lists all that is wrong.',
  },
  fleet_database_away: {
    level: 'warn',
    fields: { code: 'code' },
    sentence:
      'The fleet database (FLEET_URL) is away: {code}. Running jobs go on; nothing new starts until it is back.',
  },
  fleet_alert_failed: {
    level: 'warn',
    fields: { reason: 'code' },
    sentence: 'Could not send the alert to FLEET_ALERT_WEBHOOK_URL: {reason}. The next minute tries again.',
  },
});

import { acknowledge as takeAcknowledged } from '../../src/runs/acknowledge.ts';
import { everyPart } from '../../src/config/settings.ts';
import { policyOf } from '../../src/run/policy.ts';
import { exitCodes } from '../../src/fault.ts';
import type { DeliveredLine, LineCount } from '../../src/ledger/plan/acknowledge.ts';
import { counted, inFull } from '../../src/plain-text.ts';
import { readThrough } from './csv-lines.ts';
import { readDeliveredLines } from './delivered-lines.ts';
import { defineJob, type Manual } from '../frame/job.ts';
import { withServices } from './ledger-url.ts';
import { argument } from '../frame/options.ts';

const manual: Manual = {
  what: 'Records what another sender, such as a live feed, delivered to Redox: a row without an update since then counts as synced, and a row with one remains to be sent. Sends nothing. acknowledged.csv lists the result of each line.',
  when: 'Before a nightly, with what the feed delivered since the last one, so that the night does not send it again.',
  reads:
    'A CSV with the columns entity (patient, merge, encounter), entity_id (the key in the EHR; for a merge, the retired patient) and delivered_at (ISO 8601, with an offset or in the time zone of the site); the EHR, in one read-only snapshot.',
  writes: 'The ledger; <REPORT_DIR>/<run id>/. Nothing to Redox.',
  repeat: 'Yes. A second time the same lines change nothing.',
  stop: 'SIGTERM or SIGINT: it ends within ten seconds, and records either the whole file or nothing.',
  exitCodes: Object.values(exitCodes),
  examples: ['redox-reconcile acknowledge delivered.csv'],
};

export const acknowledge = defineJob({
  manual,
  options: { file: argument('<FILE.csv>', 'the delivered rows: entity, entity_id, delivered_at') },
  run: async (context, { file }) => {
    const config = context.config(...everyPart);
    const lines = (): AsyncIterable<DeliveredLine> => readDeliveredLines(file, config.siteTimeZone, new Date());
    await readThrough(lines());
    const onCounted = (counts: readonly LineCount[]): void => {
      context.print(inWords(counts));
    };
    const policy = policyOf({ job: 'acknowledge', config, options: {} });
    return withServices(
      context,
      config.ledger,
      async (services) => (await takeAcknowledged(policy, services, { lines, onCounted })).exitCode,
    );
  },
});

/** `1,203 lines: 1,180 told, 23 updated since; acknowledged.csv lists them.` */
function inWords(counts: readonly LineCount[]): string {
  const total = counts.reduce((sum, { lines }) => sum + lines, 0);
  const parts = counts.map(({ kind, lines }) => `${inFull(lines)} ${kind.replaceAll('_', ' ')}`);
  return `${counted(total, 'line')}: ${parts.join(', ')}; acknowledged.csv lists them.`;
}

import { baseline as takeBaseline } from '../../src/runs/baseline.ts';
import { everyPart } from '../../src/config/settings.ts';
import { policyOf } from '../../src/run/policy.ts';
import { exitCodes } from '../../src/fault.ts';
import { defineJob, type Manual } from '../frame/job.ts';
import { withServices } from './ledger-url.ts';
import { flag, text } from '../frame/options.ts';
import { readWindow } from '../night/window.ts';

const manual: Manual = {
  what: "Fills the ledger from the EHR's current rows, as if all of them had been sent to Redox, and sends nothing. Rows already in the ledger are unchanged. The summaries of patients (summary/) stay to be sent: no other sender has their documents.",
  when: 'Once, before the first nightly, if Redox already has a copy (filled by a live feed). Without a baseline the first nightly sends everything, and needs --allow-large-change for it. With --new-target also when a ledger moves to a target that already has a copy: nightly --new-target would send it everything.',
  reads: 'The EHR, in one read-only snapshot.',
  writes: 'The ledger; <REPORT_DIR>/<run id>/. Nothing to Redox.',
  repeat: 'Yes; it only adds missing rows.',
  stop: 'SIGTERM or SIGINT: it ends within ten seconds, and fills in either everything or nothing.',
  exitCodes: Object.values(exitCodes),
  examples: [
    'redox-reconcile baseline',
    'redox-reconcile baseline --as-of 2026-03-01',
    'redox-reconcile baseline --new-target',
  ],
};

export const baseline = defineJob({
  manual,
  options: {
    asOf: text(
      '--as-of <D>',
      "rows updated and merges made after this date or date-time, in the site's zone, remain to be sent; a merge without merged_at counts as made before",
    ),
    newTarget: flag(
      '--new-target',
      'bind the ledger to the configured Redox target and forget what the former one received: for a new target that already has a copy, to which nightly --new-target would send everything',
    ),
    allowLargeChange: flag(
      '--allow-large-change',
      'a person approves extract files that would otherwise be refused: with unreadable lines, shrunk or vanished',
    ),
  },
  run: async (context, { asOf, newTarget, allowLargeChange }) => {
    const config = context.config(...everyPart);
    const options = { asOf, newTarget, allowLargeChange };
    // A date means until its end, as everywhere on the command line.
    const until = asOf === null ? null : readWindow('0001-01-01', asOf, config.siteTimeZone).to;
    const policy = policyOf({ ...options, job: 'baseline', config, options, scope: { kind: 'sweep' }, asOf: until });
    return withServices(context, config.ledger, async (services) => (await takeBaseline(policy, services)).exitCode);
  },
});

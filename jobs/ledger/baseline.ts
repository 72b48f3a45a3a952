import { baseline as takeBaseline } from '../../src/runs/baseline.ts';
import { everyPart } from '../../src/config/settings.ts';
import { policyOf } from '../../src/run/policy.ts';
import { exitCodes } from '../../src/fault.ts';
import { defineJob, type Manual } from '../frame/job.ts';
import { withServices } from './ledger-url.ts';
import { flag, text } from '../frame/options.ts';
import { readWindow } from '../night/window.ts';

const manual: Manual = {
  what: 'Fills the ledger from the EHR as it stands, as if Redox had been told all of it, and sends nothing. What the ledger knows already is left alone.',
  when: 'Once, before the first nightly, where the copy at Redox exists already (a live feed filled it). Without it the first nightly sends everything, once --allow-large-change says so. With --new-target also where a ledger moves to a new target that has a copy already: nightly --new-target would send that one everything.',
  reads: 'The EHR, in one read-only snapshot.',
  writes: 'The ledger; <REPORT_DIR>/<run id>/. Nothing to Redox.',
  repeat: 'Yes; it only adds what is not there.',
  stop: 'SIGTERM or SIGINT: it ends within ten seconds, and nothing is filled in unless all of it is.',
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
      "rows updated and merges made after this date or date-time, in the site's zone, stay to be sent; a merge without merged_at counts as made before",
    ),
    newTarget: flag(
      '--new-target',
      'bind the ledger to the configured Redox target and forget what the former one was told: for a new target whose copy exists, where nightly --new-target would send everything',
    ),
    allowLargeChange: flag(
      '--allow-large-change',
      'a person vouches for files of an extract that would be refused: of which lines could not be read, or that have shrunk or vanished',
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

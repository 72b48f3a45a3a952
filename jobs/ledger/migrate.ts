import { exitCodes } from '../../src/fault.ts';
import { migrateLedger } from '../../src/ledger/ledger.ts';
import { allBut, defineJob, type Manual } from '../frame/job.ts';
import { withLedgerUrl } from './ledger-url.ts';

const manual: Manual = {
  what: 'Brings the ledger to the version of this program: creates it in an empty database, or applies its missing migrations.',
  when: 'After an update, to see the result before the night. Every job that writes does the same first.',
  reads: "The ledger's version.",
  writes:
    "The ledger's schema redox_reconcile, each migration in a transaction of its own, under the lock of the runs.",
  repeat: 'Yes. An up-to-date ledger stays unchanged.',
  stop: 'The first SIGTERM or SIGINT has no effect, because it ends soon by itself. A second one ends it at once, and rolls back the current migration.',
  exitCodes: allBut('needsPerson', 'stopped'),
  examples: ['redox-reconcile migrate'],
};

export const migrate = defineJob({
  manual,
  options: {},
  run: async ({ config, print }) => {
    const { from, to } = await withLedgerUrl(config('ledger').ledger, migrateLedger);
    print(
      from === to ? `The ledger is at version ${to}, as before.` : `The ledger went from version ${from} to ${to}.`,
    );
    return exitCodes.done;
  },
});

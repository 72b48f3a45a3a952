import { exitCodes } from '../../src/fault.ts';
import { readLedger } from '../../src/ledger/ledger.ts';
import { describeStatus, readStatus } from '../../src/report/text/status.ts';
import { printLoss } from '../../src/run/lost-commits.ts';
import { allBut, defineJob, type Manual } from '../frame/job.ts';
import { withLedgerUrlToRead } from './ledger-url.ts';

const manual: Manual = {
  what: 'Prints the state of the site: the time since a clean night (a nightly that ended with 0 or 2), the watermark, how many patients others can find, how many lines need a person, the last alert, how many nights a first load still takes, the open calls by event and state, and the last runs.',
  when: 'At any time, also during a run.',
  reads: 'The ledger. Neither the EHR nor Redox.',
  writes: 'Only its output. Times are UTC.',
  repeat: 'Yes.',
  stop: 'It ends at once.',
  exitCodes: allBut('needsPerson', 'stopped'),
  examples: ['redox-reconcile status'],
};

export const status = defineJob({
  manual,
  options: {},
  run: async ({ config, print }) => {
    const { ledger, reportDir } = config('ledger');
    await withLedgerUrlToRead(ledger, (url) =>
      readLedger(url, async (session) => {
        await printLoss(session, reportDir, print);
        for (const line of describeStatus(await readStatus(session), new Date())) print(line);
      }),
    );
    return exitCodes.done;
  },
});

import { settlementWords } from '../../src/decide/settlement.ts';
import { UsageFault } from '../../src/fault.ts';
import { settle as settleRows } from '../../src/runs/settle.ts';
import type { ListedRow } from '../../src/run/policy.ts';
import { readThrough } from './csv-lines.ts';
import { allBut, defineJob, type Manual } from '../frame/job.ts';
import { withServices } from './ledger-url.ts';
import { readListedRows } from '../night/listed-rows.ts';
import { argument, choice } from '../frame/options.ts';
import { siteTimeZoneOf } from '../setup/site-time-zone.ts';

const manual: Manual = {
  what: "Records a person's decision on the rows that a CSV lists. accepted: Redox has it, so the row counts as synced until it changes; for rejected and unknown rows. send: the next run sends it, even if it was on hold; for rejected, unknown and ignored rows (the next nightly sends an ignored row). ignore: the row is neither owed nor listed until it changes; for rejected and unknown rows, for gone rows until they are back, and for orphans until their patient exists.",
  when: 'By hand, after looking up rows of open-actions.csv at Redox or in the EHR: copy the report, delete all lines but those that you mean, and pass the file to this job.',
  reads: 'The file; the ledger. Neither the EHR nor Redox.',
  writes:
    'The ledger, as a run of its own; its table settlement records each decision. <REPORT_DIR>/<run id>/. Nothing to Redox.',
  repeat:
    'Yes; a row that is already settled is printed as a line that does not fit. Such lines (an unknown id, nothing to settle, another decision needed) are printed with the reason; all other lines are settled. The job ends with 0, and with 64 only if no line fits.',
  stop: 'All lines are settled in one transaction: an interrupted job has settled none.',
  exitCodes: allBut('needsPerson', 'stopped'),
  examples: [
    'redox-reconcile settle open-actions.csv --as accepted',
    'redox-reconcile settle refused.csv --as send',
    'redox-reconcile settle gone.csv --as ignore',
  ],
};

export const settle = defineJob({
  manual,
  options: {
    file: argument('<FILE>', 'a CSV with the columns entity and entity_id; any report fits'),
    as: choice('--as <word>', 'accepted: Redox has it; send: send it again; ignore: leave it', settlementWords, null),
  },
  run: async (context, { file, as: word }) => {
    if (word === null) throw new UsageFault(`settle needs --as ${settlementWords.join('|')}; it never guesses.`);
    const rows = (): AsyncIterable<ListedRow> => readListedRows(file);
    await readThrough(rows());
    const parts = context.config('redox', 'ledger', 'ledgerKey');
    const config = { ...parts, siteTimeZone: siteTimeZoneOf(context) };
    const { print } = context;
    return withServices(
      context,
      parts.ledger,
      async (services) => (await settleRows(config, services, { rows, word, print })).exitCode,
    );
  },
});

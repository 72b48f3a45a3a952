import { settlementWords } from '../../src/decide/settlement.ts';
import { exitCodes, UsageFault } from '../../src/fault.ts';
import { settle as settleRows } from '../../src/runs/settle.ts';
import type { ListedRow } from '../../src/run/scope.ts';
import { readThrough } from './csv-lines.ts';
import { defineJob, type Manual } from '../frame/job.ts';
import { withServices } from './ledger-url.ts';
import { readListedRows } from '../night/listed-rows.ts';
import { argument, choice } from '../frame/options.ts';
import { siteTimeZoneOf } from '../setup/site-time-zone.ts';

const manual: Manual = {
  what: "Takes a person's word on the rows that a CSV lists. accepted: Redox has it, so the row counts as told until it changes; of what was rejected or is unknown. send: the next run sends it, whatever held it; of what was rejected, is unknown or was ignored (what was ignored goes with the next nightly). ignore: nothing is owed of it and it is not listed until the row changes; of what was rejected or is unknown, of what is gone until it is back, and of an orphan until its patient is there.",
  when: 'By hand, after looking rows of open-actions.csv up at Redox or in the EHR: take the report, delete the lines that are not meant, and say the word on the rest.',
  reads: 'The file; the ledger. Neither the EHR nor Redox is asked.',
  writes:
    'The ledger, as a run of its own: who said what on which row stands in its table settlement. <REPORT_DIR>/<run id>/. Nothing to Redox.',
  repeat:
    'Yes; what is settled already is told as a line that does not fit. Such lines (an id that the ledger does not know, nothing to settle, another word needed) are printed with the reason and keep nothing else from being settled: the job ends with 0, and with 64 only where no line fits.',
  stop: 'All lines are settled in one transaction: a process that dies has settled none.',
  exitCodes: [exitCodes.done, exitCodes.usage, exitCodes.unavailable, exitCodes.bug, exitCodes.refused],
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

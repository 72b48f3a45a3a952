import { randomBytes } from 'node:crypto';
import { everyPart } from '../../src/config/settings.ts';
import type { Scope } from '../../src/audit/choose.ts';
import type { RedoxConfig } from '../../src/config/config.ts';
import { wholeNumber } from '../../src/config/format/formats.ts';
import { type ExitCode, exitCodes, RefusedFault, UsageFault } from '../../src/fault.ts';
import type { NetworkUser } from '../../src/message/context.ts';
import { audit as auditCopy } from '../../src/runs/audit.ts';
import { defineJob, type JobContext, type Manual } from '../frame/job.ts';
import { choice, flag, text, typed, value, type ValuesOf } from '../frame/options.ts';
import { readThrough } from '../ledger/csv-lines.ts';
import { withServices } from '../ledger/ledger-url.ts';
import { healthChecked } from './health-checked.ts';
import { readListedRows } from './listed-rows.ts';
import { nextAt, readUntil } from './night-options.ts';

const manual: Manual = {
  what: 'Reads patients and documents back from Redox and compares them with what a message built from the newest row would say, field group by field group. A random sample gives a figure: with 95 % confidence, at most this share of the patients is wrong. --all proves the whole copy, over as many nights as it takes. Assessed are rows that Redox should have: unchanged since they were sent, nothing owed, and confirmed or accepted longer ago than CONFIRM_WITHIN.',
  when: 'After nights, from cron or by hand. It takes three queries a patient and one for each record merged into the patient, and waits while another run has the ledger.',
  reads:
    'The EHR, row by row; the ledger; PatientSearch and Clinical Summary at REDOX_DESTINATION_ID, which Redox has to allow (doctor tries it).',
  writes:
    'The ledger, as a run of its own; <REPORT_DIR>/<run id>/ with audit.csv. It sends no message; with --repair the next nightly sends what is missing or differs.',
  repeat:
    'Yes. --all goes on where the last one stopped. A row that looks the same after it was sent again is never owed for it again.',
  stop: 'SIGTERM, SIGINT or --until: no query starts any more, and what was answered is assessed and stored; --all goes on from there.',
  exitCodes: Object.values(exitCodes),
  examples: [
    'redox-reconcile audit',
    'redox-reconcile audit --all --until 05:00 --repair',
    'redox-reconcile audit --only patients.csv --content',
    'redox-reconcile audit --only test-patients.csv --via carequality',
  ],
};

const options = {
  sample: typed(
    '--sample <N>',
    'looks at this many random patients (default: 300)',
    wholeNumber(1, 9_999_999),
    'a whole number from 1 on',
  ),
  seed: text('--seed <SEED>', 'draws the sample of this seed; the default is a new one, which is printed'),
  all: flag('--all', 'looks at all patients, the oldest look first; the next one goes on where this one stopped'),
  only: text(
    '--only <FILE.csv>',
    'looks at the patients listed in the columns entity and entity_id, and those of listed documents',
  ),
  via: choice(
    '--via <way>',
    'repository: asks the copy itself; carequality: asks through the network as others do, outside production',
    ['repository', 'carequality'],
    'repository',
  ),
  content: flag('--content', 'reads each document too, and compares its id, version and patient'),
  repair: flag('--repair', 'owes what is missing or differs; the next nightly sends it'),
  allowLargeChange: flag('--allow-large-change', 'a person approves a repair of more rows than LARGE_CHANGE allows'),
  until: value('--until <HH:MM>', "the next such time in the site's zone: no query starts after it", readUntil),
};

export const audit = defineJob({ manual, options, run: healthChecked('audit', auditAsAsked) });

async function auditAsAsked(context: JobContext, asked: ValuesOf<typeof options>): Promise<ExitCode> {
  const { content, repair, allowLargeChange, until } = asked;
  const scope = scopeOf(asked);
  // A missing or unreadable file is reported before a run is opened.
  if (scope.kind === 'only' && (await readThrough(scope.rows())) === 0) {
    context.print(`${asked.only ?? 'The file'} lists no patient, visit, summary or merge, so nobody is looked at.`);
  }
  const config = context.config(...everyPart);
  const networkUser = asked.via === 'repository' ? null : networkUserOf(config.redox, repair);
  return withServices(context, config.ledger, async (services) => {
    const { exitCode } = await auditCopy(
      {
        config,
        scope,
        hasContent: content,
        networkUser,
        repairs: repair,
        allowLargeChange,
        until: until === null ? null : nextAt(until, config.siteTimeZone, new Date()),
      },
      services,
    );
    return exitCode;
  });
}

/** Queries through Carequality are for acceptance tests with test patients. */
function networkUserOf({ environment, networkUser }: RedoxConfig, repairs: boolean): NetworkUser {
  if (environment === 'production') {
    throw new RefusedFault(
      'Refused: audit --via carequality is for development and staging. Each query through Carequality asserts a purpose of use; treatment is the ' +
        'only one that all must answer, and an audit is no treatment. Nothing was asked; audit without --via reads the copy itself.',
    );
  }
  if (repairs) {
    throw new UsageFault(
      '--repair and --via carequality exclude each other: what the network does not find, Redox may have. Audit the repository to repair it.',
    );
  }
  if (networkUser !== null) return networkUser;
  throw new UsageFault(
    'audit --via carequality names in each query who asks: set CAREQUALITY_ORGANIZATION_NAME, CAREQUALITY_USER_ID and CAREQUALITY_USER_ROLE.',
  );
}

const usualSample = 300;

function scopeOf({ sample, seed, all, only }: ValuesOf<typeof options>): Scope {
  const chosen = [sample !== null || seed !== null, all, only !== null].filter(Boolean).length;
  if (chosen > 1) {
    throw new UsageFault(
      '--sample (with --seed), --all and --only exclude each other: each says which patients are looked at.',
    );
  }
  if (all) return { kind: 'all' };
  if (only !== null) return { kind: 'only', rows: () => readListedRows(only) };
  return { kind: 'sample', size: sample ?? usualSample, seed: seed ?? randomBytes(4).toString('hex') };
}

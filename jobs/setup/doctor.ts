import pc from 'picocolors';
import type { Configured, Part } from '../../src/config/config.ts';
import { fhirSettingsOf } from '../../src/config/fhir-settings.ts';
import type { Examination } from '../../src/config/examine.ts';
import { exitCodes, UsageFault } from '../../src/fault.ts';
import { landCsv } from '../../src/ehr/csv/csv-landing.ts';
import { landFhir } from '../../src/ehr/fhir/fhir-landing.ts';
import type { Session } from '../../src/postgres/session.ts';
import { usualFillerDates } from '../../src/values/time/event-time.ts';
import { ledgerConnections } from '../../src/ehr/ehr-source.ts';
import { targetOf } from '../../src/run/target.ts';
import { type Check, type Examined, skipped } from './doctor/check.ts';
import { checkExtracts } from './doctor/ehr/csv.ts';
import { describeEnd, describeNeighbour, exitCodeOf } from './doctor/describe.ts';
import { checkEhr } from './doctor/ehr/ehr.ts';
import { checkMysqlEhr } from './doctor/ehr/mysql.ts';
import { checkDumps } from './doctor/dumps.ts';
import { checkFolders } from './doctor/folders.ts';
import { checkFhirFiles, checkSystems } from './doctor/ehr/fhir.ts';
import { checkLanded, type Land } from './doctor/ehr/landed.ts';
import { checkLedger } from './doctor/ledger/ledger.ts';
import { checkRedox } from './doctor/redox.ts';
import { checkSettings } from './doctor/settings.ts';
import { allBut, defineJob, type JobContext, type Manual } from '../frame/job.ts';
import { flag } from '../frame/options.ts';

const manual: Manual = {
  what: 'Checks everything that a night needs, and explains how to fix each fault: the settings and who can read their files, the ledger (server, rights, version, key, target, lock, last clean night), the EHR (server, connections, encoding, what its role could do and cannot see, contract, a hundred rows of each query), Redox (address, proxy, token), all clocks, folders and disks. After a fault it continues with every check that does not depend on it. For a row it prints the columns, never a value: their types, whether they are filled, and whether they are understood. It cannot check a timetable, only the time of the last clean night.',
  when: 'After the settings or the contract changed, before the first night, and whenever a night failed for an unclear reason. Also during a run.',
  reads:
    'The settings; the ledger and the EHR, in read-only transactions, no query longer than 20 s. CSV extracts and FHIR files are landed as in a night, which takes as long. It requests a token from Redox and asks, twice, for a patient who does not exist. It sends no message.',
  writes:
    "Only its output. CSV extracts and FHIR files are copied into a schema of their own in the ledger's database, which is dropped at the end. A stopped embedded ledger is started for the time of the check, as by every job; a missing one is not created: extracts are then copied into a temporary one.",
  repeat: 'Yes.',
  stop: 'SIGTERM or SIGINT: it ends after the current neighbour, with 3.',
  exitCodes: allBut('needsPerson'),
  examples: [
    'redox-reconcile doctor --env-file my.env',
    'redox-reconcile doctor --columns',
    'NO_COLOR=1 redox-reconcile doctor',
  ],
};

export const doctor = defineJob({
  manual,
  options: {
    columns: flag('--columns', 'list the columns of each sample row: type, whether it is filled, how it is understood'),
  },
  run: async (context, { columns }) => {
    const { print, signal, stdout } = context;
    const format = { isColoured: stdout.isTTY === true && pc.isColorSupported, isDetailed: columns };
    const { checks, values } = checkSettings(context.environment, context.envFiles);
    const all: Examined[] = [];
    const tell = (neighbour: string, found: readonly Check[]): void => {
      all.push({ neighbour, checks: found });
      for (const line of describeNeighbour({ neighbour, checks: found }, format)) print(line);
      print('');
    };
    tell('Settings', checks);
    for (const [neighbour, examine] of neighboursOf(context, values)) {
      if (signal.aborted) return exitCodes.stopped;
      tell(neighbour, await examine());
    }
    print(describeEnd(all));
    return exitCodeOf(all);
  },
});

type Examine = () => Promise<readonly Check[]>;

function neighboursOf(context: JobContext, values: Examination['values']): readonly (readonly [string, Examine])[] {
  const { environment, signal } = context;
  const { LEDGER_URL: store, LEDGER_KEY: key, REPORT_DIR: reportDir } = values;
  const config = whereItFits(context, 'redox');
  const target = config === null ? null : targetOf(config.redox);
  const previousKey = values.LEDGER_KEY_PREVIOUS ?? null;
  const connections = ledgerConnections[values.EHR_URL?.kind ?? 'postgres'];
  return [
    ['Folders', () => checkFolders({ reportDir, store })],
    ['Process', () => checkDumps(process.env)],
    ['Ledger', () => checkLedger({ store, key, previousKey, target, now: new Date(), connections, reportDir })],
    ['EHR', () => checkSource(values)],
    ['Redox', () => checkRedox({ config, environment, signal })],
  ];
}

async function checkSource(values: Examination['values']): Promise<readonly Check[]> {
  const { EHR_URL: source, EHR_CONTRACT: contractFolder, EHR_TIME_ZONE: timeZone, LEDGER_URL: store } = values;
  const fillerDates = values.FILLER_DATES ?? usualFillerDates;
  const now = new Date();
  if (source === undefined || contractFolder === undefined || timeZone === undefined) {
    return [skipped('server', 'because EHR_URL, EHR_CONTRACT or EHR_TIME_ZONE does not fit.')];
  }
  if (source.kind === 'postgres' || source.kind === 'mysql') {
    const hasScanTimeout = values.EHR_SCAN_TIMEOUT !== undefined;
    const check = source.kind === 'mysql' ? checkMysqlEhr : checkEhr;
    return check({ url: source.url, hasScanTimeout, contractFolder, timeZone, fillerDates, now });
  }
  if (source.kind === 'fhir') return checkFhir(source.folder, values, now);
  const {
    CSV_ENCODING: encoding,
    CSV_DELIMITER: delimiter = null,
    CSV_ESCAPE: escape,
    EXTRACT_MAX_AGE: maxAgeMs,
  } = values;
  const settings = { encoding, delimiter, escape, maxAgeMs, settleMs: 0 };
  const { folder } = source;
  const files = await checkExtracts({ folder, contractFolder, settings, now });
  if (files.some(({ result }) => result === 'fault')) {
    return [...files, skipped('contract', 'because the files cannot be read.')];
  }
  if (store === undefined) return [...files, skipped('contract', 'because LEDGER_URL does not fit.')];
  const land: Land = (session, schema) => landCsv({ session, folder, schema, contractFolder, settings });
  return [...files, ...(await checkLanded({ store, land, contractFolder, timeZone, fillerDates, now }))];
}

/** The settings are there: `checkSource` has seen to it. */
async function checkFhir(folder: string, values: Examination['values'], now: Date): Promise<readonly Check[]> {
  const { EHR_CONTRACT: contractFolder = '', EHR_TIME_ZONE: timeZone = '', LEDGER_URL: store } = values;
  const fhir = fhirSettingsOf(values);
  const question = { folder, now, timeZone, maxAgeMs: values.EXTRACT_MAX_AGE, isComplete: fhir.isComplete };
  const files = await checkFhirFiles(question);
  if (files.some(({ result }) => result === 'fault')) {
    return [...files, skipped('contract', 'because the export is not whole.')];
  }
  if (store === undefined) return [...files, skipped('contract', 'because LEDGER_URL does not fit.')];
  const land: Land = (session, schema) =>
    landFhir({ session, folder, schema, contractFolder, timeZone, settings: { settleMs: 0 }, fhir });
  const fillerDates = values.FILLER_DATES ?? usualFillerDates;
  const more = (session: Session, schema: string): Promise<Check[]> => checkSystems(session, schema, fhir);
  return [...files, ...(await checkLanded({ store, land, more, contractFolder, timeZone, fillerDates, now }))];
}

/** A part of the configuration; null if invalid, which the check of settings has shown already. */
function whereItFits<P extends Part>({ config }: JobContext, part: P): Configured<P> | null {
  try {
    return config(part);
  } catch (error) {
    if (error instanceof UsageFault) return null;
    throw error;
  }
}

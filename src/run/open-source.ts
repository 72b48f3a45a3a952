import type { Config } from '../config/config.ts';
import { linesLeftOut } from '../decide/source/source.ts';
import { dropLanding, dropLandings, type Landing, landCsv, landingOf } from '../ehr/csv/csv-landing.ts';
import { landFhir } from '../ehr/fhir/fhir-landing.ts';
import { openEhr } from '../ehr/ehr.ts';
import { runningAudits } from '../ledger/run/run.ts';
import type { Session } from '../postgres/session.ts';
import type { OpenSource } from './source-reading.ts';
import type { LedgerServices } from './services.ts';

/** Called after landing and before the first query; throws if the source is implausible. */
type OnLanded = (landed: Pick<OpenSource, 'source' | 'readBy'>) => Promise<void>;

/** Opens the EHR: a Postgres, or CSV extracts or FHIR files that are first landed beside the ledger and then read like another Postgres. */
export async function openSource(
  settings: Config['ehr'],
  services: SourceServices,
  onLanded: OnLanded,
): Promise<OpenSource> {
  const { source, contractFolder, timeZone, scanPace } = settings;
  // Tables left by an interrupted run contain patient rows.
  if (services.isAudit !== true) await dropDead(services.ledger.writer);
  if ('folder' in source) return openLanded(settings, source, services, onLanded);
  const { signal } = services;
  const database = { url: source.url, searchPath: null, clockLimit: null };
  const ehr = await openEhr({ ...database, contractFolder, timeZone, signal, scanPace });
  return { ehr, ...nothingLanded, close: () => ehr.close() };
}

/** What opening a source takes of a run. An audit runs beside others, so it leaves their landings alone. */
type SourceServices = Pick<LedgerServices, 'ledger' | 'run' | 'signal'> & { readonly isAudit?: boolean };

/** Every landing but those of audits that go on. */
async function dropDead(writer: Session): Promise<void> {
  await dropLandings(writer, (await runningAudits(writer)).map(landingOf));
}

const nothingLanded = {
  qualityLines: [],
  linesLeftOut: 0,
  source: [],
  readBy: new Map<string, readonly string[]>(),
  headers: new Set<string>(),
  mrnIsRequired: false,
  remarks: [],
} as const satisfies Omit<OpenSource, 'ehr' | 'close'>;

type Files = Extract<Config['ehr']['source'], { readonly folder: string }>;

function land(
  { contractFolder, timeZone, extracts: settings, fhir }: Config['ehr'],
  { kind, folder }: Files,
  { ledger: { writer: session }, run, signal }: SourceServices,
): Promise<Landing> {
  const schema = landingOf(run.number);
  const options = { session, folder, schema, contractFolder, settings, signal };
  return kind === 'csv' ? landCsv(options) : landFhir({ ...options, timeZone, fhir });
}

async function openLanded(
  settings: Config['ehr'],
  files: Files,
  services: SourceServices,
  onLanded: OnLanded,
): Promise<OpenSource> {
  const { contractFolder, timeZone, fhir } = settings;
  const { ledger, run, signal, isAudit = false } = services;
  const landing = await land(settings, files, services);
  const drop = async (): Promise<void> => {
    // Also after a signal: rows of patients do not stay longer than they must.
    await ledger.finishUnderWay();
    await (isAudit ? dropLanding(ledger.writer, landingOf(run.number)) : dropDead(ledger.writer));
  };
  try {
    await onLanded(landing);
    const ehr = await openEhr({
      // The server at which they were landed, of those that LEDGER_URL may name.
      url: ledger.writer.url,
      searchPath: landing.schema,
      contractFolder,
      timeZone,
      clockLimit: landing.oldestFileTime,
      extract: landing.extract,
      signal,
    });
    return {
      ehr,
      linesLeftOut: linesLeftOut(landing.source),
      source: landing.source,
      readBy: landing.readBy,
      headers: new Set(landing.extract.tables.flatMap(({ columns }) => columns ?? [])),
      mrnIsRequired: files.kind === 'fhir' && fhir.mrnSystem !== null,
      remarks: landing.remarks,
      qualityLines: landing.findings.map(({ file, line, problem, column }) => ({
        entity: 'file',
        entityId: file,
        kind: problem,
        column,
        line,
      })),
      close: async () => {
        await ehr.close();
        await drop();
      },
    };
  } catch (error) {
    await drop();
    throw error;
  }
}

import type { EhrSource, ExtractSettings, ScanPace } from '../config/config.ts';
import { linesLeftOut, type SourceFile } from '../decide/source/source.ts';
import type { ReadBy } from '../ehr/contract/contract-tables.ts';
import { dropLandings, type ExtractRemark, landCsv } from '../ehr/csv/csv-landing.ts';
import { type Ehr, openEhr } from '../ehr/ehr.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { QualityLine } from '../ledger/plan/plan.ts';
import type { Run } from '../ledger/run/run.ts';

interface SourceOptions {
  readonly ledger: Ledger;
  readonly run: Run;
  readonly source: EhrSource;
  readonly contractFolder: string;
  readonly timeZone: string;
  readonly scanPace: ScanPace;
  readonly extracts: ExtractSettings;
  /** Its abort cancels the EHR's queries. */
  readonly signal: AbortSignal;
  /** Called after landing and before the first query; throws if the source is implausible. */
  readonly onLanded: (landed: Pick<OpenSource, 'source' | 'readBy'>) => Promise<void>;
}

export interface OpenSource {
  readonly ehr: Ehr;
  /** Lines of extracts that were left out, and lines with a damaged field. */
  readonly qualityLines: readonly QualityLine[];
  /** How many lines were left out in all. */
  readonly linesLeftOut: number;
  /** The files of an extract; none of a database. */
  readonly source: readonly SourceFile[];
  /** Which tables of the extract each query of the contract may read. */
  readonly readBy: ReadBy;
  /** Names in the headers of the extract's files, as `landing-name.ts` writes them. */
  readonly headers: ReadonlySet<string>;
  /** How the files were read, where that is worth a sentence. */
  readonly remarks: readonly ExtractRemark[];
  close(): Promise<void>;
}

/** Opens the EHR: a Postgres, or CSV extracts that are first landed beside the ledger and then read like another Postgres. */
export async function openSource(options: SourceOptions): Promise<OpenSource> {
  const { ledger, source, contractFolder, timeZone, signal } = options;
  // Tables left by an interrupted run contain patient rows.
  await dropLandings(ledger.writer);
  if (source.kind === 'postgres') {
    const { scanPace } = options;
    const ehr = await openEhr({
      url: source.url,
      searchPath: null,
      contractFolder,
      timeZone,
      clockLimit: null,
      signal,
      scanPace,
    });
    return { ehr, ...nothingLanded, close: () => ehr.close() };
  }
  return openLanded(options, source.folder);
}

const nothingLanded = {
  qualityLines: [],
  linesLeftOut: 0,
  source: [],
  readBy: new Map<string, readonly string[]>(),
  headers: new Set<string>(),
  remarks: [],
} as const satisfies Omit<OpenSource, 'ehr' | 'close'>;

async function openLanded(options: SourceOptions, folder: string): Promise<OpenSource> {
  const { ledger, run, contractFolder, timeZone, extracts: settings, signal } = options;
  const schema = `redox_reconcile_landing_${run.number}`;
  const landing = await landCsv({ session: ledger.writer, folder, schema, contractFolder, settings, signal });
  const drop = async (): Promise<void> => {
    // Also after a signal: rows of patients do not stay longer than they must.
    await ledger.finishUnderWay();
    await dropLandings(ledger.writer);
  };
  try {
    await options.onLanded(landing);
    const ehr = await openEhr({
      // The server at which they were landed, of those that LEDGER_URL may name.
      url: ledger.writer.url,
      searchPath: schema,
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

import type { EhrSource, ScanPace } from '../config.ts';
import type { Secret } from '../core/secret.ts';
import type { SourceFile } from '../core/source.ts';
import { dropLandings, landCsv } from '../ehr/csv-landing.ts';
import { type Ehr, openEhr } from '../ehr/ehr.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { QualityLine } from '../ledger/plan.ts';
import type { Run } from '../ledger/run.ts';

interface SourceOptions {
  readonly ledger: Ledger;
  readonly ledgerUrl: Secret;
  readonly run: Run;
  readonly source: EhrSource;
  readonly contractFolder: string;
  readonly timeZone: string;
  readonly scanPace: ScanPace;
  /** Its abort ends what the EHR is asked. */
  readonly signal: AbortSignal;
}

export interface OpenSource {
  readonly ehr: Ehr;
  /** Lines of extracts that could not be read. */
  readonly qualityLines: readonly QualityLine[];
  /** How many there were in all. */
  readonly linesLeftOut: number;
  /** The files that were read; none where the source has no files. */
  readonly source: readonly SourceFile[];
  /** Which tables each query of the contract may read, by the query's file. */
  readonly readBy: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names in the files' headers, in lower case. */
  readonly headers: ReadonlySet<string>;
  close(): Promise<void>;
}

/** Opens the EHR: a Postgres, or CSV extracts that are first landed beside the ledger and then read like another Postgres. */
export async function openSource(options: SourceOptions): Promise<OpenSource> {
  const { ledger, source, contractFolder, timeZone, signal } = options;
  // What a dead run left there are rows of patients.
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
    return { ehr, ...noFiles, close: () => ehr.close() };
  }
  return openLanded(options, source.folder);
}

const noFiles = {
  qualityLines: [],
  linesLeftOut: 0,
  source: [],
  readBy: new Map(),
  headers: new Set<string>(),
} as const;

async function openLanded(options: SourceOptions, folder: string): Promise<OpenSource> {
  const { ledger, ledgerUrl, run, contractFolder, timeZone, signal } = options;
  const schema = `redox_reconcile_landing_${run.number}`;
  const landing = await landCsv({ session: ledger.writer, folder, schema, contractFolder });
  const drop = async (): Promise<void> => {
    // Also after a signal: rows of patients do not stay longer than they must.
    await ledger.finishUnderWay();
    await dropLandings(ledger.writer);
  };
  try {
    const ehr = await openEhr({
      url: ledgerUrl,
      searchPath: schema,
      contractFolder,
      timeZone,
      clockLimit: landing.oldestFileTime,
      signal,
    });
    return {
      ehr,
      ...noFiles,
      linesLeftOut: landing.findingCount,
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

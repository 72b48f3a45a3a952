/** How a run reads its source: the row checkers, and the damage found. */
import { type Entity } from '../contract/contract.ts';
import { detailFile, patientDetails } from '../contract/patient-details.ts';
import { type Damage } from '../decide/source/source-damage.ts';
import type { Calendar } from '../values/time/event-time.ts';
import { RowChecker } from '../contract/row/row-checker.ts';
import { isSection, type Section } from '../contract/section.ts';
import { leftOutOf, type SourceFile } from '../decide/source/source.ts';
import type { Ehr } from '../ehr/ehr.ts';
import type { QualityLine } from '../ledger/plan/plan.ts';
import type { ReadBy } from '../ehr/contract/contract-tables.ts';
import type { ExtractRemark } from '../ehr/csv/csv-landing.ts';

export interface OpenSource {
  readonly ehr: Ehr;
  /** Lines of extracts that were left out, and lines with a damaged field. */
  readonly qualityLines: readonly QualityLine[];
  readonly linesLeftOut: number;
  /** The files of an extract; none of a database. */
  readonly source: readonly SourceFile[];
  /** Which tables of the extract each query of the contract may read. */
  readonly readBy: ReadBy;
  /** Names in the headers of the extract's files, as `landing-name.ts` writes them. */
  readonly headers: ReadonlySet<string>;
  /** A patient without an MRN is never sent by another id. */
  readonly mrnIsRequired: boolean;
  /** How the files were read, where that is worth a sentence. */
  readonly remarks: readonly ExtractRemark[];
  close(): Promise<void>;
}

export type RowCheckers = Readonly<Record<Entity, RowChecker>>;

interface SourceReading {
  /** Lines and fields of extracts that could not be read. */
  readonly qualityLines: readonly QualityLine[];
  /** None where the source has no files. */
  readonly files: readonly SourceFile[];
  /** Which tables each query of the contract may read, by the query's file. */
  readonly readBy: OpenSource['readBy'];
  readonly damage: Damage;
  readonly checkers: RowCheckers;
}

/** Also why the source is implausible by itself; null if it is plausible, or a person approved it. */
export type GuardedSource = SourceReading & { readonly refusal: string | null };

export function readingOf(
  { ehr, qualityLines, source, readBy, headers, mrnIsRequired }: OpenSource,
  calendar: Calendar,
): SourceReading {
  const damaged = new Set(source.filter((file) => damagingLines(file) > 0).map(({ table }) => table));
  const isDamaged = (query: string, but: ReadonlySet<string> = none): boolean =>
    (readBy.get(query) ?? []).some((table) => damaged.has(table) && !but.has(table));
  return {
    qualityLines,
    files: source,
    readBy,
    damage: {
      patient: isDamaged('patients.sql'),
      merge: isDamaged('merges.sql'),
      encounter: isDamaged('encounters.sql'),
      sections: sectionsOf(readBy, 'sections').filter((name) => isDamaged(`sections/${name}.sql`, rowsThemselves)),
      details: patientDetails.filter((detail) => isDamaged(detailFile(detail), patientsThemselves)),
      summary: sectionsOf(readBy, 'summary').filter((name) => isDamaged(`summary/${name}.sql`, patientsThemselves)),
    },
    checkers: checkersOf(ehr, { headers, mrnIsRequired }, calendar),
  };
}

const none: ReadonlySet<string> = new Set();

/** The query of a section may join these tables. A lost line of them loses its own row, and no content of another one. */
const rowsThemselves: ReadonlySet<string> = new Set(['patients', 'encounters']);

/** For a summary only `patients`, because a lost visit may contain content of it. */
const patientsThemselves: ReadonlySet<string> = new Set(['patients']);

/** Lines that are records, and so have keys. */
const damagingLines = (file: SourceFile): number =>
  leftOutOf(file) - (file.leftOut.find(({ reason }) => reason === 'no_record')?.count ?? 0);

const sectionsOf = (readBy: OpenSource['readBy'], folder: 'sections' | 'summary'): readonly Section[] =>
  [...readBy.keys()].flatMap((query) => {
    const [, of, name = ''] = /^([^/]+)\/(.+)\.sql$/.exec(query) ?? [];
    return of === folder && isSection(name) ? [name] : [];
  });

function checkersOf(ehr: Ehr, known: Pick<OpenSource, 'headers' | 'mrnIsRequired'>, calendar: Calendar): RowCheckers {
  const checkerOf = (entity: Entity): RowChecker =>
    new RowChecker(entity, { columns: ehr.columnsOf(entity), ...known }, calendar);
  return { patient: checkerOf('patient'), merge: checkerOf('merge'), encounter: checkerOf('encounter') };
}

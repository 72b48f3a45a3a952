/** Reads the files of an export line by line into their tables, and counts what it finds. */
import { NeighbourFault } from '../../fault.ts';
import type { LandingProblem, SourceFile } from '../../decide/source/source.ts';
import type { CsvFile } from '../csv/csv-files.ts';
import { isPackingFault } from '../csv/csv-rewriting.ts';
import { type LandingFindings, LandingTally } from '../landing/landing-finding.ts';
import type { ReadExport } from './fhir-completeness.ts';
import { errorsIn } from './fhir-outcome.ts';
import { type LandedResource, readLine } from './fhir-resource.ts';
import type { FhirTables } from './fhir-table.ts';
import { exportedTypes, landedTypes, tableOfType, typeInName } from './landed-type.ts';
import { ndjsonLines } from './ndjson-lines.ts';

interface ReadingOptions {
  readonly tables: FhirTables;
  readonly findings: LandingFindings;
  /** Zone of days. */
  readonly zone: string;
  /** Types that the contract reads, and codes of errors that may pass. */
  readonly read: readonly string[];
  readonly borne: readonly string[];
  /** When the export was made; null: each file's own time. */
  readonly madeAt: Date | null;
}

/** More lines than a file has; a place is a number that JavaScript and Postgres have exactly. */
const mostLines = 2 ** 32;
const mostOrigins = 3;

export class FhirReading {
  readonly sources: SourceFile[] = [];
  readonly resources = new Map<string, number>();
  /** Lines of types that do not land. */
  readonly others = new Map<string, number>();
  readonly files = new Map<string, { readonly type: string; readonly lines: number }>();
  readonly cut: string[] = [];
  readonly subsets = new Set<string>();
  readonly errors: string[] = [];
  /** Servers that references name, by the type of what they refer to. */
  readonly origins = new Map<string, Set<string>>();
  readonly #options: ReadingOptions;
  readonly #lands: ReadonlySet<string> = new Set(landedTypes);

  constructor(options: ReadingOptions) {
    this.#options = options;
  }

  async read(files: readonly CsvFile[]): Promise<void> {
    for (const [index, file] of files.entries()) await this.#readFile(file, index);
  }

  get found(): Omit<ReadExport, 'manifest'> {
    const { files, resources, cut, errors } = this;
    return { files, resources, cut, subsets: [...this.subsets], errors };
  }

  async #readFile(file: CsvFile, index: number): Promise<void> {
    const notes = new FileNotes(file, this.#options.findings);
    let endsWithLineEnd = true;
    try {
      for await (const lines of ndjsonLines(file.path)) {
        for (const { number, bytes, isEnded } of lines) {
          endsWithLineEnd = isEnded;
          const isLand = await this.#take(notes, bytes, number, index * mostLines + number);
          if (!isLand && !isEnded) this.cut.push(file.name);
        }
      }
    } catch (error) {
      if (!isPackingFault(error)) throw unreadableFile(file, error);
      this.cut.push(file.name);
    }
    await this.#options.tables.flush();
    this.#note(file, notes, endsWithLineEnd);
  }

  /** False: the line could not be read. */
  async #take(notes: FileNotes, bytes: Buffer | null, line: number, place: number): Promise<boolean> {
    const { zone, read, borne, tables } = this.#options;
    if (bytes === null) {
      await notes.leaveOut('too_long', null, line);
      return true;
    }
    const taken = readLine(bytes, zone, this.#lands);
    if ('leftOut' in taken) {
      await notes.leaveOut(taken.leftOut, taken.type, line);
      return taken.leftOut !== 'no_resource';
    }
    if ('other' in taken) {
      notes.other(taken.type);
      if (taken.type === 'OperationOutcome') this.errors.push(...errorsIn(taken.other, { read, borne }));
      else count(this.others, taken.type);
      return true;
    }
    await this.#land(taken.resource, notes, line);
    await tables.add(taken.resource, place);
    return true;
  }

  async #land(resource: LandedResource, notes: FileNotes, line: number): Promise<void> {
    count(this.resources, resource.type);
    if (resource.isSubset) this.subsets.add(notes.name);
    for (const [type, origin] of resource.origins) this.#noteOrigin(type, origin);
    await notes.landed(resource, line);
  }

  #noteOrigin(type: string, origin: string): void {
    if (!exportedTypes.has(type)) return;
    const known = this.origins.get(type) ?? new Set();
    if (known.size < mostOrigins) known.add(origin);
    this.origins.set(type, known);
  }

  #note(file: CsvFile, notes: FileNotes, endsWithLineEnd: boolean): void {
    const { tally, type } = notes;
    this.files.set(file.name, { type, lines: tally.lines + notes.others });
    this.sources.push({
      file: file.name,
      table: tableOfType(type),
      lines: tally.lines,
      modifiedAt: this.#options.madeAt ?? file.modifiedAt,
      bytes: file.bytes,
      leftOut: tally.leftOut,
      damagedFields: tally.damagedFields,
      endsWithLineEnd,
    });
  }
}

/** What one file holds. */
class FileNotes {
  readonly name: string;
  readonly tally = new LandingTally();
  /** Resources of types that do not land. */
  others = 0;
  readonly #findings: LandingFindings;
  readonly #types = new Map<string, number>();

  constructor({ name }: CsvFile, findings: LandingFindings) {
    this.name = name;
    this.#findings = findings;
  }

  /** The type of most of its lines; of a file without any, the one that its name names. */
  get type(): string {
    const [most] = [...this.#types].sort(([, a], [, b]) => b - a);
    return most?.[0] ?? typeInName(this.name);
  }

  other(type: string): void {
    this.others += 1;
    count(this.#types, type);
  }

  async landed({ type, damage }: LandedResource, line: number): Promise<void> {
    this.tally.landed += 1;
    count(this.#types, type);
    for (const problem of damage) {
      this.tally.damagedFields += 1;
      await this.#find(problem, type, line);
    }
  }

  async leaveOut(problem: LandingProblem, type: string | null, line: number): Promise<void> {
    if (type !== null) count(this.#types, type);
    await this.tally.leaveOut(problem, () => Promise.resolve(line));
    await this.#find(problem, null, line);
  }

  #find(problem: LandingProblem, column: string | null, line: number): Promise<void> {
    return this.#findings.add({ file: this.name, problem, column }, () => Promise.resolve(line));
  }
}

const count = (counts: Map<string, number>, name: string): unknown => counts.set(name, (counts.get(name) ?? 0) + 1);

/** Faults of the database pass as they are. */
function unreadableFile({ path }: CsvFile, error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  return new NeighbourFault(
    `Could not read ${path} to its end: ${error.message}; see that the disk or share is well, and start the job again.`,
    { cause: error },
  );
}

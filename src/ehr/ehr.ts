/**
 * Neighbour 1, the EHR, read only. A snapshot returns every row as of one moment, for the comparison; a fetch returns
 * the newest row by key, for sending. Both return the same bytes for the same row. All reads go through the site's
 * contract, a folder of SELECTs that are checked first.
 */
import type { Entity } from '../contract/contract.ts';
import type { ContractShape } from '../contract/contract-shape.ts';
import { checkContract } from './contract/checked-contract.ts';
import {
  type CheckedContract,
  type CheckedQuery,
  fetchedBesides,
  type FetchedEntity,
  rowQueries,
} from './contract/contract-query.ts';
import type { ContractWarning, EhrSession } from './engine.ts';
import { openEhrSession } from './ehr-session.ts';
import type { EhrSource } from './ehr-source.ts';
import {
  FetchBudget,
  nullIfTooMuch,
  fetchDetails,
  type FetchedDetails,
  fetchRows,
  type Fetched,
  fetchSections,
  type FetchedSections,
  fetchSizes,
  type FileSize,
  type PageIds,
} from './read/fetch.ts';
import { type LandedExtract, unknownExtract } from './landing/landed-extract.ts';
import { fetchLimit, Reader, conflictFault } from './read/reader.ts';
import { type ScanPace, unhurried } from './read/scan-rows.ts';
import { Snapshot } from './read/snapshot.ts';
import { warnOfSessionZone } from './read/session-zone.ts';
import { warnOfWholeTables } from './contract/whole-table.ts';

export type { FetchedEntity } from './contract/contract-query.ts';
export type { Fetched, FetchedRow, FetchedSections, FileSize, PageIds } from './read/fetch.ts';
export type { ScanPace } from './read/scan-rows.ts';
export type { Selection } from './read/selection.ts';
export type { Snapshot } from './read/snapshot.ts';
export type { ContractWarning } from './engine.ts';

interface EhrOptions extends EhrSource {
  readonly contractFolder: string;
  /** Time of the oldest landed file; null if the source has a clock of its own. */
  readonly clockLimit: Date | null;
  /** The files of the source; undefined for a database. */
  readonly extract?: LandedExtract;
  /** Default: full speed, unlimited time. */
  readonly scanPace?: ScanPace;
}

/** Visits with their clinical content and their patients, and the content of patients' summaries, as of one moment. */
export interface FetchedPage {
  readonly patients: Fetched<'patient'>;
  readonly encounters: Fetched<'encounter'>;
  readonly sections: FetchedSections;
  readonly summaries: FetchedSections;
  readonly details: FetchedDetails;
  /** Characters of the page; the maps have those of each visit's sections, each summary and each patient's details. */
  readonly size: number;
  readonly sizes: ReadonlyMap<string, number>;
  readonly summarySizes: ReadonlyMap<string, number>;
  readonly detailSizes: ReadonlyMap<string, number>;
}

/** Connects and checks the contract; a faulty contract throws a UsageFault that lists every fault. */
export async function openEhr(options: EhrOptions): Promise<Ehr> {
  const session = await openEhrSession(options, fetchLimit);
  // If the URL lists several servers, every read uses this one: another may lag behind.
  const source = { ...options, url: session.url };
  try {
    await session.requireTimeZone(options.timeZone);
    const contract = await checkContract(session, options.contractFolder, extractOf(options));
    const warnings = [
      ...unseenChanges(contract),
      ...doubts(contract),
      ...(await warnOfWholeTables(session, contract)),
      // Landed tables are ours and show every row.
      ...(options.searchPath === null ? await session.warnOfHiddenRows(contract, { reads: false }) : []),
      ...(await warnOfSessionZone(session, contract, options.timeZone)),
    ];
    return new Ehr(source, contract, warnings, new Reader(source, session));
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** A source with its own search path has landed. */
const extractOf = ({ extract, searchPath }: EhrOptions): LandedExtract | null =>
  extract ?? (searchPath === null ? null : unknownExtract);

/** A row alone decides if a visit or patient is examined, so it must change with what is fetched besides. */
export function unseenChanges({ all, sections: [first], identifiers }: CheckedContract): ContractWarning[] {
  const unseen = (file: string, gives: string, row: CheckedQuery, version: string): ContractWarning[] => {
    if (row.columns.has(version)) return [];
    const message =
      `${file} gives ${gives}, but ${row.file} has no column ${version}, so a change of ${gives} alone is not sent; ` +
      'add a text that changes with it, such as a digest or the latest time of change.';
    return [{ file: row.file, message }];
  };
  return [
    ...(first === undefined ? [] : unseen(first.file, 'clinical content', all.encounter, 'clinical_version')),
    ...(identifiers === null ? [] : unseen(identifiers.file, 'identifiers', all.patient, 'identifiers_version')),
  ];
}

/** Doubts about column types. A query by id would repeat those of the query for all. */
export function doubts(contract: CheckedContract): ContractWarning[] {
  const queries = [...rowQueries(contract), ...fetchedBesides(contract)];
  return queries.flatMap((query) => query.doubts.map((message) => ({ file: query.file, message })));
}

export class Ehr {
  readonly warnings: readonly ContractWarning[];
  readonly #options: EhrOptions;
  readonly #contract: CheckedContract;
  readonly #reader: Reader;

  /** Use `openEhr`. */
  constructor(options: EhrOptions, contract: CheckedContract, warnings: readonly ContractWarning[], reader: Reader) {
    this.#options = options;
    this.#contract = contract;
    this.warnings = warnings;
    this.#reader = reader;
  }

  get hasSummaries(): boolean {
    return this.#contract.summary.length > 0;
  }

  /** The columns of the site's query; empty if the contract lacks it. */
  columnsOf(entity: Entity): ReadonlySet<string> {
    return new Set(this.#contract.all[entity]?.columns.keys());
  }

  hasUpdatedAt(entity: FetchedEntity): boolean {
    return this.#contract.all[entity].columns.has('updated_at');
  }

  /**
   * Column types by file, for all that decides fingerprints and messages: the queries for every row, and the sections.
   */
  get shape(): ContractShape {
    const queries = [...rowQueries(this.#contract), ...fetchedBesides(this.#contract)];
    return Object.fromEntries(queries.map(({ file, columns }) => [file, Object.fromEntries(columns)]));
  }

  /**
   * Runs work on a snapshot: one transaction on its own connection. If a standby cancels it for replay, the work runs
   * once more from its start on a new snapshot.
   */
  async snapshot<T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    const first = await this.#trySnapshot(work);
    if ('result' in first) return first.result;
    const second = await this.#trySnapshot(work);
    if ('result' in second) return second.result;
    throw conflictFault(second.conflict);
  }

  /** The newest rows by key. */
  fetch<E extends FetchedEntity>(entity: E, ids: readonly string[]): Promise<Fetched<E>> {
    return this.#reader.read((session) => fetchRows(session, this.#contract, entity, ids));
  }

  /**
   * The newest patients and encounters by key, with the sections of encounters and summaries, as of one moment. Null beyond `most`
   * characters; at most that much is held in memory.
   */
  fetchPageWithin(most: number, ids: PageIds): Promise<FetchedPage | null> {
    const contract = this.#contract;
    const { patientIds, encounterIds, summaryIds, detailIds } = ids;
    const fetch = async (session: EhrSession): Promise<FetchedPage> => {
      const budget = new FetchBudget(most);
      const noSizes = (): Map<string, number> => new Map();
      const [sizes, summarySizes, detailSizes] = [noSizes(), noSizes(), noSizes()];
      const patients = await fetchRows(session, contract, 'patient', patientIds, budget);
      const encounters = await fetchRows(session, contract, 'encounter', encounterIds, budget);
      const sections = await fetchSections(session, contract.sections, [...encounters.keys()], budget, sizes);
      const known = summaryIds.filter((id) => patients.has(id));
      const summaries = await fetchSections(session, contract.summary, known, budget, summarySizes);
      const details = await fetchDetails(session, contract, detailIds, budget, detailSizes);
      const size = budget.spent;
      return { patients, encounters, sections, summaries, details, size, sizes, summarySizes, detailSizes };
    };
    return this.#reader.read(fetch).catch(nullIfTooMuch);
  }

  /** The current sections of visits, or of patients' summaries; null beyond `most` characters. */
  fetchSectionsWithin(
    most: number,
    ids: readonly string[],
    of: 'sections' | 'summary' = 'sections',
  ): Promise<FetchedSections | null> {
    const sections = this.#contract[of];
    return this.#reader
      .read((session) => fetchSections(session, sections, ids, new FetchBudget(most)))
      .catch(nullIfTooMuch);
  }

  /** The current content of patients' own messages; null beyond `most` characters. */
  fetchDetailsWithin(most: number, ids: readonly string[]): Promise<FetchedDetails | null> {
    return this.#reader
      .read((session) => fetchDetails(session, this.#contract, ids, new FetchBudget(most)))
      .catch(nullIfTooMuch);
  }

  /** Bytes of text from each file of the contract for these rows, counted in the EHR. */
  sizes(ids: PageIds): Promise<readonly FileSize[]> {
    return this.#reader.read((session) => fetchSizes(session, this.#contract, ids));
  }

  close(): Promise<void> {
    return this.#reader.close();
  }

  async #trySnapshot<T>(
    work: (snapshot: Snapshot) => Promise<T>,
  ): Promise<{ readonly result: T } | { readonly conflict: unknown }> {
    const { scanPace = unhurried, clockLimit, signal } = this.#options;
    const { timeoutMs, timeoutYields = false, pauseMs } = scanPace;
    const session = await openEhrSession(this.#options, { ms: timeoutMs, yields: timeoutYields });
    const snapshot = new Snapshot(session, this.#contract, { clockLimit, rest: { pauseMs, signal } });
    try {
      return { result: await session.readOnly(() => work(snapshot)) };
    } catch (error) {
      if (snapshot.hitConflict) return { conflict: error };
      throw error;
    } finally {
      // Also ends an abandoned scan or a failed transaction.
      await session.close();
    }
  }
}

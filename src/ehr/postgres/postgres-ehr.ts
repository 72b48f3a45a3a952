import * as compose from './compose.ts';
import type { Session } from '../../postgres/session.ts';
import { statement, type Parameter } from '../../postgres/sql-file.ts';
import type { CheckedContract, CheckedQuery, FetchedBesides, SiteQuery } from '../contract/contract-query.ts';
import type {
  ContractWarning,
  EhrSession,
  FetchQuestion,
  Newest,
  RawRow,
  SameKeysRow,
  SessionZone,
} from '../engine.ts';
import type { LandedExtract } from '../landing/landed-extract.ts';
import { type Selection, windowOf } from '../read/selection.ts';
import { describeQuery } from './describe-query.ts';
import { explainScan, explainFetch } from './explained.ts';
import { warnOfHiddenRows } from './plan/hidden-rows.ts';
import { inZones } from './plan/in-zones.ts';
import { largeTablesReadInFull } from './plan/large-tables.ts';
import { postgresTypes } from './type-rules.ts';
import { holdsAnyBytes, markedLines, markedRow } from './unchecked-bytes.ts';
import { TooMuchText, DatabaseFault, UsageFault } from '../../fault.ts';
import { tooLarge } from '../contract/composed-query.ts';

/** A session with an EHR in Postgres, or with extracts that have landed there. */
export class PostgresEhrSession implements EhrSession {
  readonly types = postgresTypes;
  /** For questions of `doctor` about the server. */
  readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  get url(): Session['url'] {
    return this.session.url;
  }

  async readOnly<T>(work: () => Promise<T>): Promise<T> {
    const begin = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';
    await this.session.query(begin, begin);
    const result = await work();
    await this.session.query('COMMIT', 'COMMIT');
    return result;
  }

  requireTimeZone(timeZone: string): Promise<void> {
    return requireZone(this.session, timeZone);
  }

  describe(query: SiteQuery, extract: LandedExtract | null): ReturnType<EhrSession['describe']> {
    return describeQuery(this.session, query, extract);
  }

  async clock(): Promise<Date> {
    const { milliseconds } = await this.session.one<{ milliseconds: string }>(
      statement('ehr/internal/read_source_clock'),
    );
    return new Date(Number(milliseconds));
  }

  async scan(query: CheckedQuery, selection: Selection): Promise<AsyncIterable<Buffer>> {
    const text = compose.scanText(query, selection);
    await this.session.run(statement('ehr/internal/set_window'), windowOf(selection));
    const lines = this.session.copySource(text);
    // A reader that leaves early closes the connection under the COPY; that error is expected.
    lines.on('error', () => undefined);
    return this.#explained(query, holdsAnyBytes(this.session) ? markedLines(lines) : lines);
  }

  /** A server error arrives as a sentence free of values. */
  async *#explained(query: CheckedQuery, lines: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of lines) yield chunk;
    } catch (error) {
      throw explainScan(this.session, query, this.session.explain(`the scan through ${query.file}`, error));
    }
  }

  fetch(
    query: CheckedQuery | FetchedBesides,
    { ids, largestRow, remedy }: FetchQuestion,
    onRow: (row: RawRow) => void,
  ): Promise<void> {
    // Our query marks rows of more bytes than this.
    const most = largestRow === Infinity ? null : Math.floor(largestRow);
    const text = compose.limitedFetchText(query);
    return ask(this.session, { query, text, ids, remedy, more: [most] }, (row) => {
      if (row[tooLarge] === 't') throw new TooMuchText();
      onRow(row);
    });
  }

  async size(query: CheckedQuery | FetchedBesides, ids: readonly string[], remedy: string): Promise<number> {
    let size = 0;
    await ask(this.session, { query, text: compose.sizeText(query), ids, remedy }, ({ bytes }) => {
      size += Number(bytes);
    });
    return size;
  }

  async sample(query: CheckedQuery | FetchedBesides, rows: number, ids: readonly string[] | null): Promise<RawRow[]> {
    const text = compose.sampleText(query, rows);
    const found = await this.session.query(`a sample of ${query.file}`, text, ids === null ? [] : [ids]);
    return holdsAnyBytes(this.session) ? found.rows.map(markedRow) : found.rows;
  }

  async newest(query: CheckedQuery): Promise<Newest | null> {
    const text = compose.newestText(query);
    if (text === null) return null;
    const { rows } = await this.session.query(`a look at updated_at of ${query.file}`, text);
    return { newest: null, beyond: '0', unreadable: '0', ...(rows[0] as Partial<Newest> | undefined) };
  }

  async sameKeys(all: CheckedContract['all'], shown: number): Promise<readonly Partial<SameKeysRow>[] | null> {
    const text = compose.sameKeysText(all);
    if (text === null) return null;
    return (await this.session.query('the count of patients with the same keys', text, [shown])).rows;
  }

  largeTablesReadInFull(query: CheckedQuery | FetchedBesides): Promise<string[]> {
    return largeTablesReadInFull(this.session, query);
  }

  warnOfHiddenRows(contract: CheckedContract, options: { readonly reads: boolean }): Promise<ContractWarning[]> {
    return warnOfHiddenRows(this.session, contract, options);
  }

  inZones<T>(
    query: CheckedQuery | FetchedBesides,
    ids: readonly string[] | null,
    compare: (read: (zone: SessionZone) => Promise<RawRow[]>) => Promise<T>,
  ): Promise<T | null> {
    return inZones(this.session, query, ids, compare);
  }

  close(): Promise<void> {
    return this.session.close();
  }
}

interface Question {
  /** The site's own query. */
  readonly query: SiteQuery;
  /** Our query around it. */
  readonly text: string;
  readonly ids: readonly string[];
  /** Advice if it takes too long. */
  readonly remedy: string;
  /** Parameters after the ids. */
  readonly more?: readonly Parameter[];
}

/**
 * Queries the EHR by ids and passes on each row as it arrives. Where a key is an expression, Postgres guesses that 500 ids are most of the
 * table; a prepared statement would soon be planned without them, and compare each row with each id.
 */
async function ask(
  session: Session,
  { query, text, ids, remedy, more = [] }: Question,
  take: (row: RawRow) => void,
): Promise<void> {
  const isMarked = holdsAnyBytes(session);
  const onRow = (row: RawRow): void => {
    take(isMarked ? markedRow(row) : row);
  };
  try {
    await session.each(`the fetch through ${query.file}`, text, [ids, ...more], onRow);
  } catch (error) {
    throw explainFetch(session, query, remedy, error);
  }
}

/** Throws a UsageFault if the server lacks the zone. */
async function requireZone(session: Session, timeZone: string): Promise<void> {
  try {
    await session.run(statement('ehr/internal/check_time_zone'), [timeZone]);
  } catch (error) {
    if (!(error instanceof DatabaseFault) || error.code !== '22023') throw error;
    throw new UsageFault(
      `The EHR's Postgres does not know the time zone ${timeZone}; set EHR_TIME_ZONE to a name in its pg_timezone_names.`,
      { cause: error },
    );
  }
}

import { TooMuchText } from '../../fault.ts';
import { MysqlSession } from '../../mysql/session.ts';
import { tooLarge } from '../contract/composed-query.ts';
import type { CheckedContract, CheckedQuery, FetchedBesides, SiteQuery } from '../contract/contract-query.ts';
import type { EhrSource } from '../ehr-source.ts';
import { leaveAfterMs } from '../ehr-source.ts';
import {
  type ContractWarning,
  type EhrSession,
  type FetchQuestion,
  type Newest,
  type RawRow,
  type SameKeysRow,
  type SessionZone,
  unreadable,
} from '../engine.ts';
import type { Selection } from '../read/selection.ts';
import * as compose from './compose.ts';
import { describeQuery } from './describe-query.ts';
import { explainFetch, explainScan } from './explained.ts';
import { bindIds, pagesOf } from './ids.ts';
import { inZones } from './in-zones.ts';
import { latestInstant } from './instant.ts';
import { largeTablesReadInFull } from './plan.ts';
import { marked, ScanLines } from './scan-lines.ts';
import { mysqlTypes } from './type-rules.ts';
import { windowFor } from './window.ts';

type Query = CheckedQuery | FetchedBesides;

/** Opens a read-only session with an EHR in MySQL or MariaDB. */
export const openMysqlEhr = async (
  source: EhrSource,
  limit: { readonly ms: number; readonly yields: boolean },
): Promise<MysqlEhrSession> =>
  new MysqlEhrSession(
    await MysqlSession.open(source.url, { limit, stop: source.signal, leaveAfterMs }),
    source.timeZone,
  );

export class MysqlEhrSession implements EhrSession {
  readonly types = mysqlTypes;
  /** For questions of `doctor` about the server. */
  readonly session: MysqlSession;
  readonly #zone: string;
  /** The server's clock just before the current snapshot. */
  #snapshotAt = new Date(0);

  constructor(session: MysqlSession, zone: string) {
    this.session = session;
    this.#zone = zone;
  }

  get url(): MysqlSession['url'] {
    return this.session.url;
  }

  async readOnly<T>(work: () => Promise<T>): Promise<T> {
    const { begin } = this.session.flavour;
    this.#snapshotAt = await this.serverClock();
    await this.session.run(begin, begin);
    const result = await work();
    await this.session.run('COMMIT', 'COMMIT');
    return result;
  }

  /** Zoneless times are read here, so the server has to know no zone. */
  requireTimeZone(): Promise<void> {
    return Promise.resolve();
  }

  describe(query: SiteQuery): ReturnType<EhrSession['describe']> {
    return describeQuery(this.session, query);
  }

  clock(): Promise<Date> {
    return Promise.resolve(this.#snapshotAt);
  }

  async serverClock(): Promise<Date> {
    const text = 'SELECT CAST(FLOOR(UNIX_TIMESTAMP(NOW(3)) * 1000) AS CHAR) AS milliseconds';
    const [row] = await this.session.rows("a look at the server's clock", { text, values: [] });
    return new Date(Number(row?.['milliseconds']));
  }

  scan(query: CheckedQuery, selection: Selection): Promise<AsyncIterable<Buffer>> {
    const window = windowFor(query, selection, this.#zone);
    const lines = new ScanLines(query, window, this.#zone);
    const statement = { text: compose.scanText(query, window.where), values: window.values };
    return Promise.resolve(
      this.#explained(query, this.session.stream(`the scan through ${query.file}`, statement, lines)),
    );
  }

  async *#explained(query: CheckedQuery, lines: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of lines) yield chunk;
    } catch (error) {
      throw error instanceof Error ? explainScan(this.session, query, error) : error;
    }
  }

  async fetch(query: Query, { ids, largestRow, remedy }: FetchQuestion, onRow: (row: RawRow) => void): Promise<void> {
    const isLimited = largestRow !== Infinity;
    const text = isLimited ? compose.limitedFetchText(query) : compose.fetchText(query);
    const take = (row: RawRow): void => {
      if (row[tooLarge] === 't') throw new TooMuchText();
      onRow(this.#readable(query, row));
    };
    try {
      for (const page of pagesOf(ids)) {
        const statement = bindIds(text, page, isLimited ? [Math.floor(largestRow)] : []);
        await this.session.each(`the fetch through ${query.file}`, statement, take);
      }
    } catch (error) {
      throw explainFetch(this.session, query, remedy, error);
    }
  }

  async size(query: Query, ids: readonly string[], remedy: string): Promise<number> {
    let size = 0;
    try {
      for (const page of pagesOf(ids)) {
        const statement = bindIds(compose.sizeText(query), page);
        const [row] = await this.session.rows(`the size of what ${query.file} gives`, statement);
        size += Number(row?.['bytes'] ?? 0);
      }
    } catch (error) {
      throw explainFetch(this.session, query, remedy, error);
    }
    return size;
  }

  async sample(query: Query, rows: number, ids: readonly string[] | null): Promise<RawRow[]> {
    const statement = bindIds(compose.sampleText(query, rows), ids ?? []);
    const found = await this.session.rows(`a sample of ${query.file}`, statement);
    return found.map((row) => this.#readable(query, row));
  }

  async newest(query: CheckedQuery): Promise<Newest | null> {
    if (!query.columns.has('updated_at')) return null;
    const reach = Date.now() + 15 * 60 * 60 * 1000;
    let [newest, beyond, unread] = [-Infinity, 0, 0];
    const what = `a look at updated_at of ${query.file}`;
    await this.session.each(what, { text: compose.changesText(query), values: [] }, ({ updated_at: said = null }) => {
      if (said === null || said.trim() === '') return;
      const instant = latestInstant(said, this.#zone);
      if (instant === null) unread += 1;
      else {
        const ms = Date.parse(instant.replace(' ', 'T').replace(/\+00$/, 'Z'));
        if (ms >= reach) beyond += 1;
        else newest = Math.max(newest, ms);
      }
    });
    return { newest: newest === -Infinity ? null : String(newest), beyond: String(beyond), unreadable: String(unread) };
  }

  async sameKeys(all: CheckedContract['all'], shown: number): Promise<readonly Partial<SameKeysRow>[] | null> {
    const text = compose.sameKeysText(all);
    if (text === null) return null;
    const examples: string[] = [];
    let [patients, pairs] = [0, 0];
    await this.session.each('the count of patients with the same keys', { text, values: [] }, (group) => {
      const count = Number(group['patients']);
      patients += count;
      pairs += (count * (count - 1)) / 2;
      if (examples.length < shown) examples.push(JSON.stringify(group['ids']?.split('\n').slice(0, shown) ?? []));
    });
    const totals = { patients: String(patients), pairs: String(pairs) };
    return examples.map((ids) => ({ ids, ...totals }));
  }

  largeTablesReadInFull(query: Query): Promise<string[]> {
    return largeTablesReadInFull(this.session, query);
  }

  /** These servers have no policies that hide rows. */
  warnOfHiddenRows(): Promise<ContractWarning[]> {
    return Promise.resolve([]);
  }

  inZones<T>(
    query: Query,
    ids: readonly string[] | null,
    compare: (read: (zone: SessionZone) => Promise<RawRow[]>) => Promise<T>,
  ): Promise<T | null> {
    return inZones(this, query, ids, compare);
  }

  close(): Promise<void> {
    return this.session.close();
  }

  /** `updated_at` of rows is what the EHR wrote; from here on it is an instant. */
  #readable(query: Query, row: RawRow): RawRow {
    const sound = Object.fromEntries(Object.entries(row).map(([column, value]) => [column, marked(value)]));
    if (!('entity' in query)) return sound;
    const changed = row['updated_at'] ?? null;
    const instant = changed === null ? null : latestInstant(changed, this.#zone);
    const isUnreadable = changed !== null && changed.trim() !== '' && instant === null;
    return { ...sound, updated_at: instant, [unreadable]: isUnreadable ? 't' : 'f' };
  }
}

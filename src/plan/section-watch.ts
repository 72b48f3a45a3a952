/**
 * Examines the content that a plan would send: of visits, of patients' summaries, or of patients' own messages. Finds sections that have
 * vanished from most of them at once, and those with an unreadable line.
 */
import { damageMark } from '../values/damage.ts';
import { usualPageSize, withinBudget } from '../async/within-budget.ts';
import { detailFile, noDetails, patientDetails } from '../contract/patient-details.ts';
import { detailRowCounts, isDetailLost, isNamelessNow, sectionRowCounts } from '../contract/section/rows.ts';
import { sections } from '../contract/section.ts';
import type { Ehr } from '../ehr/ehr.ts';
import type { Fingerprints } from '../message/fingerprint/fingerprint.ts';
import { supersedeUnread, withContent } from '../ledger/plan/apply.ts';
import type { Services } from '../run/services.ts';

/** Rows sampled: enough for the share of them that have lost a section. */
const sampleSize = 2_000;
/** Fewer rows than this may lose a section by chance. */
const fewRows = 10;

/** What a damaged source may lack. */
export interface LostLines {
  /** Sections with whole lines that are unreadable. */
  readonly damaged: readonly string[];
  /** Single fields are unreadable too. If such a field is the id, the row is fetched under the mark for damage. */
  readonly hasDamagedFields: boolean;
}

/** A visit, summary or patient, with what its sections had when it was last sent; null if unknown. */
interface WatchedRow {
  /** The visit, or the patient of the content. */
  readonly entity_id: string;
  readonly section_rows: readonly number[] | null;
  readonly section_digests: readonly number[] | null;
}

export class SectionWatch {
  readonly #content: Content;
  /** By part: may it lack a line? */
  readonly #isDamaged: readonly boolean[];
  readonly #hasDamagedFields: boolean;
  /** By part: rows that had it when last sent, and those of them that have lost it. */
  readonly #watched: readonly { had: number; lost: number }[];
  #sampled = 0;

  private constructor(content: Content, isDamaged: readonly boolean[], hasDamagedFields: boolean) {
    this.#content = content;
    this.#isDamaged = isDamaged;
    this.#hasDamagedFields = hasDamagedFields;
    this.#watched = content.parts.map(() => ({ had: 0, lost: 0 }));
  }

  static async open(content: Content, { damaged, hasDamagedFields }: LostLines): Promise<SectionWatch> {
    const nobodys = hasDamagedFields ? await content.fetch([damageMark]) : new Map<string, never>();
    // Null: too many damaged rows to fetch, so every section counts as damaged.
    const isDamaged = content.parts.map(
      (part, index) => nobodys === null || damaged.includes(part) || (nobodys.get(damageMark)?.counts[index] ?? 0) > 0,
    );
    return new SectionWatch(content, isDamaged, hasDamagedFields);
  }

  /** Examines a page; returns those that may lack a line. */
  async look(rows: readonly WatchedRow[]): Promise<ReadonlySet<string>> {
    const synced = rows.filter(({ section_rows }) => section_rows !== null);
    const sample = synced.slice(0, Math.max(0, sampleSize - this.#sampled));
    this.#sampled += sample.length;
    const wanted = this.#isDamaged.includes(true) || this.#hasDamagedFields ? rows : sample;
    if (wanted.length === 0) return new Set();
    const isSampled = new Set(sample);
    const unread = new Set<string>();
    const fetch = (some: readonly WatchedRow[]): ReturnType<Content['fetch']> =>
      this.#content.fetch(some.map(({ entity_id }) => entity_id));
    for await (const { items, found } of withinBudget([wanted], { fetch, isSmall: () => true })) {
      for (const row of items) {
        const now = found?.get(row.entity_id);
        // What is above the size limit is never sent.
        if (now === undefined) continue;
        if (isSampled.has(row)) this.#count(row.section_rows ?? [], now.counts);
        if ((this.#hasDamagedFields && now.isNameless) || this.#lacksLines(row, now)) unread.add(row.entity_id);
      }
    }
    return unread;
  }

  /** A clause for each section that most of them have lost; any clause makes the plan implausible. */
  lostSections(): readonly string[] {
    return this.#watched.flatMap(({ had, lost }, index) =>
      lost >= fewRows && lost * 2 > had
        ? [
            `${lost} of ${had} ${this.#content.owners} to be sent again had rows of ${this.#content.files[index]} ` +
              'when they were last sent, and have none now',
          ]
        : [],
    );
  }

  #count(before: readonly number[], counts: readonly number[]): void {
    this.#watched.forEach((watched, index) => {
      if ((before[index] ?? 0) === 0) return;
      watched.had += 1;
      if (counts[index] === 0) watched.lost += 1;
    });
  }

  /** In a damaged section: fewer rows than last sent, the same number with other content, or an unknown earlier count. */
  #lacksLines({ section_rows, section_digests }: WatchedRow, { counts, digests }: Rows): boolean {
    return this.#isDamaged.some((isDamaged, index) => {
      if (!isDamaged) return false;
      const before = section_rows?.[index] ?? null;
      const now = counts[index] ?? 0;
      if (before === null || now < before) return true;
      const digestBefore = section_digests?.[index] ?? null;
      return now === before && digestBefore !== null && digestBefore !== digests[index];
    });
  }
}

/** The content of one visit or patient; the lists are in the order of the kind's `parts`. */
interface Rows {
  readonly counts: readonly number[];
  readonly digests: readonly number[];
  /** Damage took what a row is about. */
  readonly isNameless: boolean;
}

export interface Content {
  /** What has the content, in the plural. */
  readonly owners: string;
  readonly parts: readonly string[];
  /** The files of the contract with the rows of each part. */
  readonly files: readonly string[];
  /** The content of these visits or patients, by id; null beyond the usual size of a page. */
  readonly fetch: (ids: readonly string[]) => Promise<ReadonlyMap<string, Rows> | null>;
}

export const sectionContent = (
  of: 'sections' | 'summary',
  ehr: Pick<Ehr, 'fetchSectionsWithin'>,
  fingerprints: Pick<Fingerprints, 'sections'>,
): Content => ({
  owners: of === 'summary' ? 'summaries' : 'visits',
  parts: sections,
  files: sections.map((section) => `${of}/${section}.sql`),
  fetch: async (ids) => {
    const found = await ehr.fetchSectionsWithin(usualPageSize, ids, of);
    return rowsOf(ids, found, (id, rows = {}) => ({
      counts: sectionRowCounts(rows),
      digests: fingerprints.sections(id, rows),
      isNameless: isNamelessNow(rows),
    }));
  },
});

export const detailContent = (
  ehr: Pick<Ehr, 'fetchDetailsWithin'>,
  fingerprints: Pick<Fingerprints, 'details'>,
): Content => ({
  owners: 'patients',
  parts: patientDetails,
  files: patientDetails.map(detailFile),
  fetch: async (ids) => {
    const found = await ehr.fetchDetailsWithin(usualPageSize, ids);
    return rowsOf(ids, found, (id, details = noDetails) => ({
      counts: detailRowCounts(details),
      digests: fingerprints.details(id, details),
      isNameless: isDetailLost(details),
    }));
  },
});

const rowsOf = <Found>(
  ids: readonly string[],
  found: ReadonlyMap<string, Found> | null,
  read: (id: string, rows: Found | undefined) => Rows,
): ReadonlyMap<string, Rows> | null =>
  found === null ? null : new Map(ids.map((id) => [id, read(id, found.get(id))]));

/** Supersedes calls of a stored plan with content that today's damaged source may lack; a later plan compares their rows again. */
export async function withdrawUnread({ ehr, ledger, run, source }: Services): Promise<void> {
  const { damage, files } = source;
  const hasDamagedFields = files.some(({ damagedFields }) => damagedFields > 0);
  const { fingerprints, reader, writer } = ledger;
  const kinds = [
    { entity: 'patient', content: detailContent(ehr, fingerprints), damaged: damage.details },
    { entity: 'encounter', content: sectionContent('sections', ehr, fingerprints), damaged: damage.sections },
    { entity: 'summary', content: sectionContent('summary', ehr, fingerprints), damaged: damage.summary },
  ] as const;
  for (const { entity, content, damaged } of kinds) {
    if (damaged.length === 0 && !hasDamagedFields) continue;
    const watch = await SectionWatch.open(content, { damaged, hasDamagedFields });
    for await (const rows of withContent(reader, run, entity)) {
      const unread = await watch.look(rows);
      const calls = rows.filter(({ entity_id }) => unread.has(entity_id)).map(({ call_id }) => call_id);
      if (calls.length > 0) await supersedeUnread(writer, calls);
    }
  }
}

/**
 * Examines the clinical content of the visits, or of the patients' summaries, that a plan would send. Finds sections that have vanished from
 * most of them at once, and those with an unreadable line.
 */
import { damageMark } from '../values/damage.ts';
import type { Fingerprints } from '../message/fingerprint/fingerprint.ts';
import { type Section, sections, type SectionRows } from '../contract/section.ts';
import { isNamelessNow } from '../contract/section/nameless.ts';
import { ofSection, sectionRowCounts } from '../contract/section/section-rows.ts';
import type { Ehr, FetchedSections } from '../ehr/ehr.ts';
import { usualPageSize, withinBudget } from '../async/within-budget.ts';

/** Visits sampled: enough for the share of visits that have lost a section. */
const sampleSize = 2_000;
/** Fewer visits than this may lose a section by chance. */
const fewVisits = 10;

/** What is watched: content of visits, or of patients' summaries. */
export interface Watching {
  readonly of: 'sections' | 'summary';
  /** Sections with whole lines that are unreadable. */
  readonly damaged: readonly Section[];
  /** Single fields are unreadable too. If such a field is the id, the row is fetched under the mark for damage. */
  readonly hasDamagedFields: boolean;
}

/** A visit or summary, with what its sections had when it was last sent; null if unknown. */
interface WatchedRow {
  /** The visit, or the patient of the content. */
  readonly entity_id: string;
  readonly section_rows: readonly number[] | null;
  readonly section_digests: readonly number[] | null;
}

/** Visits that had the section when last sent, and those of them that have lost it. */
interface Watched {
  had: number;
  lost: number;
}

export class SectionWatch {
  readonly #ehr: Pick<Ehr, 'fetchSectionsWithin'>;
  readonly #fingerprints: Pick<Fingerprints, 'sections'>;
  readonly #of: Watching['of'];
  readonly #damaged: readonly Section[];
  readonly #hasDamagedFields: boolean;
  readonly #watched = new Map<Section, Watched>(sections.map((section) => [section, { had: 0, lost: 0 }]));
  #sampled = 0;

  private constructor(
    ehr: Pick<Ehr, 'fetchSectionsWithin'>,
    fingerprints: Pick<Fingerprints, 'sections'>,
    { of, damaged, hasDamagedFields }: Watching,
  ) {
    this.#of = of;
    this.#ehr = ehr;
    this.#fingerprints = fingerprints;
    this.#damaged = damaged;
    this.#hasDamagedFields = hasDamagedFields;
  }

  static async open(
    ehr: Pick<Ehr, 'fetchSectionsWithin'>,
    fingerprints: Pick<Fingerprints, 'sections'>,
    { of, damaged, hasDamagedFields }: Watching,
  ): Promise<SectionWatch> {
    const nobodys = hasDamagedFields
      ? await ehr.fetchSectionsWithin(usualPageSize, [damageMark], of)
      : new Map<string, SectionRows>();
    // Null: too many damaged rows to fetch, so every section counts as damaged.
    const isDamaged = (section: Section): boolean => (nobodys?.get(damageMark)?.[section]?.length ?? 0) > 0;
    const alsoDamaged = nobodys === null ? sections : sections.filter(isDamaged);
    const all = [...new Set([...damaged, ...alsoDamaged])];
    return new SectionWatch(ehr, fingerprints, { of, damaged: all, hasDamagedFields });
  }

  /** Examines a page; returns those that may lack a line. */
  async look(rows: readonly WatchedRow[]): Promise<ReadonlySet<string>> {
    const synced = rows.filter(({ section_rows }) => section_rows !== null);
    const sample = synced.slice(0, Math.max(0, sampleSize - this.#sampled));
    this.#sampled += sample.length;
    const wanted = this.#damaged.length > 0 || this.#hasDamagedFields ? rows : sample;
    if (wanted.length === 0) return new Set();
    const isSampled = new Set(sample);
    const unread = new Set<string>();
    const fetch = (some: readonly WatchedRow[]): Promise<FetchedSections | null> =>
      this.#ehr.fetchSectionsWithin(
        usualPageSize,
        some.map(({ entity_id }) => entity_id),
        this.#of,
      );
    for await (const { items, found } of withinBudget([wanted], { fetch, isSmall: () => true })) {
      // What is above the size limit is never sent.
      if (found === null) continue;
      for (const row of items) {
        const rows = found.get(row.entity_id) ?? {};
        if (isSampled.has(row)) this.#count(row.section_rows ?? [], rows);
        if (this.#lacksLines(row, rows)) unread.add(row.entity_id);
      }
    }
    return unread;
  }

  /** A clause for each section that most of them have lost; any clause makes the plan implausible. */
  lostSections(): readonly string[] {
    return [...this.#watched].flatMap(([section, { had, lost }]) =>
      lost >= fewVisits && lost * 2 > had
        ? [
            `${lost} of ${had} ${this.#of === 'summary' ? 'summaries' : 'visits'} to be sent again had rows of ` +
              `${this.#of}/${section}.sql when they were last sent, ` +
              'and have none now',
          ]
        : [],
    );
  }

  #count(before: readonly number[], rows: SectionRows): void {
    sectionRowCounts(rows).forEach((now, index) => {
      const watched = this.#watched.get(sections[index] ?? 'notes');
      if (watched === undefined || (before[index] ?? 0) === 0) return;
      watched.had += 1;
      if (now === 0) watched.lost += 1;
    });
  }

  /**
   * In a damaged section: fewer rows than last sent, the same number with other content, or an unknown earlier count. In any section: a
   * row that has lost its name.
   */
  #lacksLines(row: WatchedRow, rows: SectionRows): boolean {
    if (this.#hasDamagedFields && isNamelessNow(rows)) return true;
    if (this.#damaged.length === 0) return false;
    const now = sectionRowCounts(rows);
    const digests = this.#fingerprints.sections(row.entity_id, rows);
    return this.#damaged.some((section) => {
      const before = ofSection(row.section_rows, section);
      const count = ofSection(now, section) ?? 0;
      if (before === null || count < before) return true;
      const digestBefore = ofSection(row.section_digests, section);
      return count === before && digestBefore !== null && digestBefore !== ofSection(digests, section);
    });
  }
}

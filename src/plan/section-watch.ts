/**
 * Checks the clinical content of the planned visits together: a section that vanished from most of them at once, and visits with
 * unreadable lines.
 */
import { damageMark } from '../values/damage.ts';
import type { Fingerprints } from '../message/fingerprint/fingerprint.ts';
import type { EncounterDifference } from '../decide/difference.ts';
import { type Section, sections, type SectionRows } from '../contract/section.ts';
import { isNamelessNow } from '../contract/section/nameless.ts';
import { ofSection, sectionRowCounts } from '../contract/section/section-rows.ts';
import type { Ehr, FetchedSections } from '../ehr/ehr.ts';
import { usualPageSize, withinBudget } from '../async/within-budget.ts';

/** More visits than these say nothing more about how many have lost a section. */
const sampleSize = 2_000;
/** So few visits may lose a section by themselves. */
const fewVisits = 10;

/** Visits that had the section when Redox was last told, and those of them that have no row of it now. */
interface Watched {
  had: number;
  lost: number;
}

export class SectionWatch {
  readonly #ehr: Pick<Ehr, 'fetchSectionsWithin'>;
  readonly #fingerprints: Pick<Fingerprints, 'sections'>;
  readonly #damaged: readonly Section[];
  readonly #hasDamagedFields: boolean;
  readonly #watched = new Map<Section, Watched>(sections.map((section) => [section, { had: 0, lost: 0 }]));
  #sampled = 0;

  private constructor(
    ehr: Pick<Ehr, 'fetchSectionsWithin'>,
    fingerprints: Pick<Fingerprints, 'sections'>,
    { damaged, hasDamagedFields }: { readonly damaged: readonly Section[]; readonly hasDamagedFields: boolean },
  ) {
    this.#ehr = ehr;
    this.#fingerprints = fingerprints;
    this.#damaged = damaged;
    this.#hasDamagedFields = hasDamagedFields;
  }

  /**
   * `damaged`: sections with unreadable lines. `hasDamagedFields`: some fields are unreadable too. A row with a damaged visit id returns
   * under the damage mark.
   */
  static async open(
    ehr: Pick<Ehr, 'fetchSectionsWithin'>,
    fingerprints: Pick<Fingerprints, 'sections'>,
    damaged: readonly Section[],
    hasDamagedFields: boolean,
  ): Promise<SectionWatch> {
    const nobodys = hasDamagedFields
      ? await ehr.fetchSectionsWithin(usualPageSize, [damageMark])
      : new Map<string, SectionRows>();
    // So many that cannot be read are of any section.
    const isDamaged = (section: Section): boolean => (nobodys?.get(damageMark)?.[section]?.length ?? 0) > 0;
    const alsoDamaged = nobodys === null ? sections : sections.filter(isDamaged);
    const all = [...new Set([...damaged, ...alsoDamaged])];
    return new SectionWatch(ehr, fingerprints, { damaged: all, hasDamagedFields });
  }

  /** Takes in a page of differing visits. Gives those of them of which a line may be missing. */
  async look(rows: readonly EncounterDifference[]): Promise<ReadonlySet<string>> {
    const finished = rows.filter(({ status }) => status === 'finished');
    const synced = finished.filter(({ section_rows }) => section_rows !== null);
    const sample = synced.slice(0, Math.max(0, sampleSize - this.#sampled));
    this.#sampled += sample.length;
    const wanted = this.#damaged.length > 0 || this.#hasDamagedFields ? finished : sample;
    if (wanted.length === 0) return new Set();
    const isSampled = new Set(sample);
    const unread = new Set<string>();
    const fetch = (some: readonly EncounterDifference[]): Promise<FetchedSections | null> =>
      this.#ehr.fetchSectionsWithin(
        usualPageSize,
        some.map(({ entity_id }) => entity_id),
      );
    for await (const { items, found } of withinBudget([wanted], { fetch, isSmall: () => true })) {
      // A visit that is too large stays unsent anyway.
      if (found === null) continue;
      for (const row of items) {
        const rows = found.get(row.entity_id) ?? {};
        if (isSampled.has(row)) this.#count(row.section_rows ?? [], rows);
        if (this.#lacksLines(row, rows)) unread.add(row.entity_id);
      }
    }
    return unread;
  }

  /** Why the plan is implausible, a clause for each section that most of the visits have lost. */
  lostSections(): readonly string[] {
    return [...this.#watched].flatMap(([section, { had, lost }]) =>
      lost >= fewVisits && lost * 2 > had
        ? [
            `${lost} of ${had} visits that would be sent again had rows of sections/${section}.sql when Redox was last told, ` +
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
   * For a section with unreadable lines: fewer rows than were sent, the same number with other content, or a first push. For any
   * section: a row whose code and name are both unreadable.
   */
  #lacksLines(row: EncounterDifference, rows: SectionRows): boolean {
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

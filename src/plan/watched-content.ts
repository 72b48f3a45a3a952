/** The kinds of content that a plan examines: of visits, of patients' summaries, and of patients' own messages. */
import { usualPageSize } from '../async/within-budget.ts';
import { detailFile, noDetails, patientDetails } from '../contract/patient-details.ts';
import { isDetailLost, isNamelessNow } from '../contract/section/nameless.ts';
import { detailRowCounts, sectionRowCounts } from '../contract/section/section-rows.ts';
import { sections } from '../contract/section.ts';
import type { Ehr } from '../ehr/ehr.ts';
import type { Fingerprints } from '../message/fingerprint/fingerprint.ts';

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

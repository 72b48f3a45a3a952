import { matchFaults } from '../../message/fingerprint/findability.ts';
import { counted, inFull } from '../../plain-text.ts';
import type { PageFacts } from './facts.ts';
import { html, type Markup } from './markup.ts';
import { sectionMarkup } from './section.ts';
import { tableMarkup } from './table.ts';
import { bar, share, spoken } from './words.ts';

/** Patients that others can find. Others match exactly, so a missing key hides a patient. */
export function findableSection({ summary: { findability } }: PageFacts): Markup | null {
  const { patients, findable, faults, not_judged } = findability;
  if (patients + not_judged === 0) return null;
  const faulty = matchFaults.filter((fault) => faults[fault] > 0);
  const unjudged =
    not_judged === 0
      ? ''
      : ` ${counted(not_judged, 'patient')} cannot be judged: nothing of them was sent from here yet.`;
  const table = tableMarkup(
    'Match keys by which patients cannot be found',
    [{ head: 'Match key' }, { head: 'patients', isNumber: true }, { head: 'share' }],
    faulty.map((fault) => [spoken(fault), faults[fault], bar(faults[fault], patients)]),
  );
  return sectionMarkup(
    'findable',
    'Who can be found',
    html`${
      patients === 0
        ? null
        : html`<p>
            <b class="large">${share(findable, patients)}</b> of the patients at Redox can be found by name, birth date
            and ZIP: ${inFull(findable)} of
            ${inFull(patients)}.${faulty.length === 0 ? ' No match key is missing or malformed.' : ''}
          </p>`
    }${unjudged === '' ? null : html`<p>${unjudged.trim()}</p>`}
    ${
      faulty.length === 0
        ? null
        : html`${table}
            <p class="quiet">
              One patient may have several faults; <a href="data-quality.csv">data-quality.csv</a> lists them. These
              numbers say how things stood when this page was written.
            </p>`
    }`,
  );
}

import type { Subject } from '../../contract/contract.ts';
import { html, type Markup } from './markup.ts';

/** `birth_and_sex` is `birth and sex`: the words of the CSVs, so that they can be looked up there. */
export const spoken = (word: string): string => word.replaceAll('_', ' ');

export const entityNames: Readonly<Record<Subject, string>> = {
  patient: 'Patients',
  merge: 'Merges',
  encounter: 'Visits',
  summary: 'Summaries',
};

/** A part in percent: `0.4 %`; rounded down, so that 100 % means all. */
export const share = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${(Math.floor((part / whole) * 1000) / 10).toLocaleString('en-US')} %`;

/** A bar as long as its share. It is decoration: the number appears beside it. */
export const bar = (part: number, whole: number): Markup => {
  const width = whole === 0 ? 0 : Math.max(part > 0 ? 1 : 0, Math.round((part / whole) * 100));
  return html`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
    <rect width="${width}" height="8" />
  </svg>`;
};

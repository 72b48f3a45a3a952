import { auditResults } from '../../decide/audit/assess.ts';
import { wrongAtMost } from '../../decide/audit/counts.ts';
import { matchRules } from '../../decide/audit/match-documents.ts';
import { counted } from '../../plain-text.ts';
import { type AuditSummary, type AuditTally, describeAudit, percent } from '../text/audit.ts';
import { proofOf } from '../text/proof.ts';
import { chartMarkup } from './chart/chart.ts';
import { type SiteClock, siteClock } from './chart/site-clock.ts';
import type { PageFacts } from './facts.ts';
import { html, type Markup } from './markup.ts';
import { sectionMarkup } from './section.ts';
import { tableMarkup } from './table.ts';
import { bar, spoken } from './words.ts';

const wordsExplained =
  'An audit asks Redox for its copy of patients and documents and compares the answers with the EHR. A patient is wrong if the record or a ' +
  'document is missing, differs or was not sent from here, if a search by name, birth date and ZIP does not find the patient, or if a merge ' +
  'into the patient was not made.';

export function auditedSection({ summary: { audit }, audits, timeZone }: PageFacts): Markup | null {
  if (audit === undefined) return null;
  const { patients, documents, merges, seed, matched_by } = audit;
  const shown = auditResults.filter((result) => patients[result] + documents[result] > 0);
  const all = auditResults.reduce((sum, result) => sum + patients[result], 0);
  const { proved, notProved } = proofOf(audit);
  const table = tableMarkup(
    'Patients and documents by result',
    [
      { head: 'Result' },
      { head: 'patients', isNumber: true },
      { head: 'share' },
      { head: 'documents', isNumber: true },
    ],
    shown.map((result) => [spoken(result), patients[result], bar(patients[result], all), documents[result]]),
  );
  return sectionMarkup(
    'audited',
    'What Redox has',
    html`<p>${describeAudit(audit)}. ${wordsExplained}</p>
      <p>${proved} ${notProved}</p>
      <div class="scroll" tabindex="0" role="region" aria-label="Patients and documents by result">${table}</div>
      ${trendOf(audits, siteClock(timeZone))}
      <p class="quiet">
        <a href="audit.csv">audit.csv</a> lists every patient looked at, and every document that was not found as it was
        sent.
        ${seed === null ? null : html`The sample was drawn with the seed <code>${seed}</code>; <code>--seed ${seed}</code> draws it again.`}
        ${rulesOf(matched_by)} ${mergesOf(merges)}
      </p>`,
  );
}

function rulesOf(matched: AuditSummary['matched_by']): string {
  const words = { id: 'by their id', id_end: 'by the end of their id', visit: 'by type, visit and time' } as const;
  const parts = matchRules
    .filter((rule) => matched[rule] > 0)
    .map((rule) => `${counted(matched[rule], 'document')} ${words[rule]}`);
  return parts.length === 0 ? '' : `Found were ${parts.join(', ')}.`;
}

function mergesOf({ missing }: AuditSummary['merges']): string {
  if (missing === 0) return '';
  return (
    'A merge is missing if the identifier of the retired patient still finds a patient of their own: others then see two patients. ' +
    'Run audit --repair: it sends nothing itself, and the next nightly sends the merge.'
  );
}

/** The share of wrong patients in the last audits; hollow: the largest share that the sample allows. */
function trendOf(audits: readonly AuditTally[], clock: SiteClock): Markup | null {
  const assessed = audits.filter(({ counts }) => counts.assessed > 0);
  if (assessed.length < 2) return null;
  const wrong = assessed.map(({ counts }) => (counts.wrong / counts.assessed) * 100);
  const most = assessed.map(({ scope, counts }) => (scope === 'sample' ? wrongAtMost(counts) * 100 : null));
  const newest = assessed.at(-1);
  return chartMarkup({
    name: 'audits',
    title: 'Wrong patients in percent, by audit',
    caption:
      newest === undefined
        ? ''
        : `In the newest ${percent(newest.counts.wrong / newest.counts.assessed)} of the patients were wrong. Hollow bars: the largest share that is likely.`,
    height: 150,
    plot: {
      labels: assessed.map(({ started_at }) => clock.shortDate(started_at)),
      unit: '',
      bars: 'beside',
      scale: 'linear',
      series: [
        { shape: 'bars', look: 'filled', values: wrong },
        { shape: 'bars', look: 'hollow', values: most },
      ],
    },
    numbers: tableMarkup(
      'Audits, the newest first',
      [
        { head: 'Began' },
        { head: 'scope' },
        { head: 'patients', isNumber: true },
        { head: 'wrong', isNumber: true },
        { head: 'at most', isNumber: true },
      ],
      assessed
        .toReversed()
        .map(({ started_at, scope, counts }) => [
          clock.moment(started_at),
          scope,
          counts.assessed,
          counts.wrong,
          scope === 'sample' ? percent(wrongAtMost(counts)) : null,
        ]),
    ),
  });
}

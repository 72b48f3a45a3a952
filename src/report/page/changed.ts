import { countsOf } from '../summary.ts';
import type { PageFacts } from './facts.ts';
import { html, type Markup } from './markup.ts';
import { sectionMarkup } from './section.ts';
import { tableMarkup } from './table.ts';
import { bar, entityNames, spoken } from './words.ts';

export function changedSection({ summary, found, changedGroups }: PageFacts): Markup | null {
  const { patients, merges, encounters } = summary;
  if (patients.read + merges.read + encounters.read + found.length === 0) return null;
  const most = Math.max(...changedGroups.map(({ changed }) => changed));
  const kinds =
    found.length === 0
      ? html`<p>Nothing: every row is as it was last sent.</p>`
      : tableMarkup(
          'What did not agree, by kind',
          [{ head: 'What' }, { head: 'How' }, { head: 'rows', isNumber: true }],
          found.map(({ entity, kind, discrepancies }) => [entityNames[entity], spoken(kind), discrepancies]),
        );
  const groups = tableMarkup(
    'Rows that changed, by group of fields',
    [{ head: 'What' }, { head: 'Fields' }, { head: 'rows', isNumber: true }, { head: 'share' }],
    changedGroups.map(({ entity, field_group, changed }) => [
      entityNames[entity],
      spoken(field_group),
      changed,
      bar(changed, most),
    ]),
  );
  return sectionMarkup(
    'changed',
    'What did not agree',
    html`${readTable(summary)}
      <h3>What was found</h3>
      ${kinds}${
        changedGroups.length === 0
          ? null
          : html`<h3>Which fields changed</h3>
              <p>
                A row counts in each group of fields that changed. Values are not here, nor in the ledger; nor is the
                facility of a visit.
              </p>
              ${groups}`
      }`,
  );
}

/** Null for a run that read no row of the EHR to compare it, as an audit does not. */
function readTable(summary: PageFacts['summary']): Markup | null {
  const counts = countsOf(summary);
  if (counts.every(([, { read }]) => read === 0)) return null;
  const columns = [
    'read',
    'unchanged',
    'due',
    'waiting',
    'not_due',
    'invalid',
    'orphan',
    'held',
    'unread',
    'gone',
  ] as const;
  const shown = columns.filter((column) => column === 'read' || counts.some(([, count]) => count[column] > 0));
  const table = tableMarkup(
    'Rows of the EHR that were compared',
    [{ head: 'Rows' }, ...shown.map((column) => ({ head: spoken(column), isNumber: true }))],
    counts.map(([subject, count]) => [entityNames[subject], ...shown.map((column) => count[column])]),
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Rows that were compared">${table}</div>`;
}

import type { PageFacts } from './facts.ts';
import { html, type Markup } from './markup.ts';
import { sectionMarkup } from './section.ts';
import { tableMarkup } from './table.ts';

export function plannedSection({ plan, run, summary }: PageFacts): Markup | null {
  if (plan === null) return null;
  return sectionMarkup(
    'sent',
    'What would be sent',
    html`${plan.calls.length === 0 ? html`<p>Nothing.</p>` : callTable(plan.calls)}
      <p>
        ${
          run.refusal === null
            ? html`Nothing was sent. <code>redox-reconcile apply ${summary.run_id}</code> sends it, while no newer plan
                exists; a row that changes before then goes with the next night instead.`
            : 'Nothing was sent, and apply refuses this plan: see above.'
        }
      </p> `,
  );
}

function callTable(calls: NonNullable<PageFacts['plan']>['calls']): Markup {
  const table = tableMarkup(
    'Calls that would be made, by event and cause',
    [
      { head: 'Event' },
      { head: 'new', isNumber: true },
      { head: 'changed', isNumber: true },
      { head: 'other', isNumber: true },
      { head: 'all', isNumber: true },
    ],
    calls.map(({ event_type, calls: all, new: fresh, changed }) => [
      event_type,
      fresh,
      changed,
      all - fresh - changed,
      all,
    ]),
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Calls that would be made">${table}</div>`;
}

import { eventTypes } from '../../decide/call.ts';
import { counted } from '../../plain-text.ts';
import { callKinds, totalCalls } from '../summary.ts';
import { describeConfirmation, unconfirmed } from '../text/confirmation.ts';
import type { PageFacts } from './facts.ts';
import { html, type Markup } from './markup.ts';
import { sectionMarkup } from './section.ts';
import { tableMarkup } from './table.ts';
import { share, spoken } from './words.ts';

export function sentSection({ summary: { calls, mode, confirmation } }: PageFacts): Markup | null {
  const total = totalCalls(calls);
  const confirmed = confirmation === undefined ? null : html`<p>${describeConfirmation(confirmation)}</p>`;
  if (total.planned === 0) {
    if (mode === 'none' && confirmed === null) return null;
    const nothing = mode === 'none' ? null : html`<p>Nothing: no call was planned.</p>`;
    return sectionMarkup('sent', 'What was sent to Redox', html`${nothing}${confirmed}`);
  }
  const kinds = callKinds.filter((kind) => kind === 'accepted' || total[kind] > 0);
  const lines = eventTypes.filter((event) => calls[event].planned > 0).map((event) => [event, calls[event]] as const);
  const rows = [...lines, ...(lines.length > 1 ? [['All', total] as const] : [])];
  const table = tableMarkup(
    'Calls by event and outcome',
    [{ head: 'Event' }, ...['planned', ...kinds].map((kind) => ({ head: spoken(kind), isNumber: true }))],
    rows.map(([name, count]) => [name, count.planned, ...kinds.map((kind) => count[kind])]),
  );
  const sent = total.accepted + total.rejected + total.failed + total.unknown;
  return sectionMarkup(
    'sent',
    'What was sent to Redox',
    html`<p>
        ${sent === 0 ? 'No call was sent.' : `Of ${counted(sent, 'call')} sent, Redox accepted ${share(total.accepted, sent)}.`}
        Accepted means that Redox took the message; its log inspector shows the further processing.
        ${confirmation === undefined ? unconfirmed : null}
      </p>
      ${confirmed}
      <div class="scroll" tabindex="0" role="region" aria-label="Calls by event and outcome">${table}</div> `,
  );
}

import { counted, inFull } from '../../plain-text.ts';
import { type OpenLine, type PageFacts, shownLines } from './facts.ts';
import { html, idMarkup, type Markup } from './markup.ts';
import { nounOf, openCounts, type Sort, sortsOf } from './open-counts.ts';
import { sectionMarkup } from './section.ts';
import { type SiteClock, siteClock } from './chart/site-clock.ts';
import { spoken } from './words.ts';

/** The open actions: first the action for each sort of line, then the lines. */
export function openSection({ summary, openLines, plan, timeZone }: PageFacts): Markup {
  const { lines } = openCounts(openLines);
  // A plan has only the open actions from before, and those need a person whether or not it is sent.
  const head = plan === null ? 'What is left to do' : 'What needs a person';
  if (lines === 0) return sectionMarkup('open', head, html`<p>${nothingListed(summary)}</p>`);
  const clock = siteClock(timeZone);
  return sectionMarkup(
    'open',
    head,
    html`<ul class="sorts">
        ${sortsOf(openLines).map((sort) => sortItem(sort, clock))}
      </ul>
      <h3>The lines</h3>
      <p>
        ${
          lines > openLines.length
            ? html`The first ${inFull(shownLines)} of ${counted(lines, 'line')}, some of every sort;
                <a href="open-actions.csv">open-actions.csv</a> has all.`
            : html`${lines === 1 ? 'This line stands' : `All ${counted(lines, 'line')} stand`} in
                <a href="open-actions.csv">open-actions.csv</a> as well.`
        }
      </p>
      ${controls}
      <table class="lines" id="lines">
        <caption class="unseen">
          Lines that are left to do
        </caption>
        <thead>
          <tr>
            <th scope="col" aria-sort="none">For</th>
            <th scope="col" aria-sort="none">What</th>
            <th scope="col" aria-sort="none">Row</th>
            <th scope="col" aria-sort="none">Patient</th>
            <th scope="col" aria-sort="none">Since</th>
            <th scope="col" aria-sort="none">Detail</th>
          </tr>
        </thead>
        <tbody>
          ${openLines.map((line) => lineRow(line, clock))}
        </tbody>
      </table> `,
  );
}

/** For a run that ended before it compared anything, the open actions are unknown. */
const nothingListed = ({ status, patients, encounters }: PageFacts['summary']): string =>
  (status === 'refused' || status === 'failed') && patients.read + encounters.read === 0
    ? 'Nobody knows: the run ended before it had compared the rows. Mend what is said above, and start it again.'
    : 'Nothing.';

const sortItem = (sort: Sort, clock: SiteClock): Markup =>
  html`<li class="${sort.needs}">
    <p class="what">
      <b>${inFull(sort.sort_lines)}</b>
      ${nounOf(sort)}${sort.event_type === null ? null : html` <span class="quiet">${sort.event_type}</span>`}${
        sort.reason === null ? null : html` <code>${sort.reason}</code>`
      }
    </p>
    <p>${sort.needs === 'person' ? html`<span class="mark">For a person.</span> ` : null}${sort.what_to_do}</p>
    <p class="quiet">
      ${[newOf(sort), ...(sort.sort_open_since === null ? [] : [`the oldest since ${clock.date(sort.sort_open_since)}`])].join('; ')}.
    </p>
  </li> `;

const newOf = ({ sort_lines, sort_new_lines }: Sort): string =>
  sort_new_lines === 0
    ? sort_lines === 1
      ? 'Not new'
      : 'None is new'
    : sort_new_lines === sort_lines
      ? sort_lines === 1
        ? 'New'
        : 'All are new'
      : `${inFull(sort_new_lines)} ${sort_new_lines === 1 ? 'is' : 'are'} new`;

/** Hidden until the script shows them. */
const controls = html`<div class="controls" id="controls" hidden>
  <label>Find <input type="search" id="find" autocomplete="off" spellcheck="false" /></label>
  <label
    >Show
    <select id="show">
      <option value="">all lines</option>
      <option value="person">for a person</option>
      <option value="new">new for a person</option>
      <option value="next_run">for the next run</option>
    </select></label
  >
  <p id="shown" role="status"></p>
</div> `;

const lineRow = (line: OpenLine, clock: SiteClock): Markup =>
  html`<tr data-needs="${line.needs}" ${line.is_new ? html` data-new` : null}>
    <td data-head="For">
      ${line.needs === 'person' ? 'person' : 'next run'}${line.is_new ? html` <span class="fresh">new</span>` : null}
    </td>
    <td data-head="What">
      ${spoken(line.kind)}${line.event_type === null ? null : ` ${line.event_type}`}${line.reason === null ? null : html` <code>${line.reason}</code>`}
    </td>
    <th scope="row" data-head="Row">${spoken(line.entity)} ${idMarkup(line.entity_id)}</th>
    <td data-head="Patient">${line.patient_id === null ? '–' : idMarkup(line.patient_id)}</td>
    <td data-head="Since">
      ${line.open_since === null ? '–' : html`<time datetime="${line.open_since.toISOString()}">${clock.isoDate(line.open_since)}</time>`}
    </td>
    <td data-head="Detail">
      ${line.detail === null ? '–' : html`<bdi>${line.detail}</bdi>`}${
        line.redox_log_id === null
          ? null
          : html` <span class="quiet">Log <bdi class="id">${line.redox_log_id}</bdi></span>`
      }
    </td>
  </tr> `;

import { counted } from '../../plain-text.ts';
import { describeLeftOut, leftOutOf, reasonsOf } from '../text/source-summary.ts';
import type { PageFacts } from './facts.ts';
import { html, type Markup } from './markup.ts';
import { sectionMarkup } from './section.ts';
import { siteClock } from './chart/site-clock.ts';
import { tableMarkup } from './table.ts';
import { spoken } from './words.ts';

export function extractSection({ summary: { source }, timeZone }: PageFacts): Markup | null {
  if (source.files.length === 0) return null;
  const clock = siteClock(timeZone);
  const damaged = source.files.reduce((sum, { damaged_fields }) => sum + damaged_fields, 0);
  const table = tableMarkup(
    'Files of the extract',
    [
      { head: 'File' },
      { head: 'written' },
      { head: 'lines', isNumber: true },
      { head: 'left out', isNumber: true },
      { head: 'why' },
      { head: 'damaged fields', isNumber: true },
    ],
    source.files.map((file) => [
      file.file,
      html`${clock.moment(new Date(file.modified_at))}${file.age === null ? null : html`, <b>${spoken(file.age)}</b>`}`,
      file.lines,
      leftOutOf(file),
      leftOutOf(file) === 0 ? '–' : reasonsOf(file),
      file.damaged_fields,
    ]),
  );
  return sectionMarkup(
    'extract',
    'What was read of the extract',
    html`<p>
        Lines left out:
        ${describeLeftOut(source)}.${
          damaged === 0 ? null : ` In lines that were read, ${counted(damaged, 'field')} could not be.`
        }
      </p>
      <div class="scroll" tabindex="0" role="region" aria-label="Files of the extract">${table}</div>`,
  );
}

import { draw, type Plot } from './drawing.ts';
import { html, type Markup } from '../markup.ts';

/** A figure: what it shows in words, the drawing, and the numbers behind it as a table. */
interface Chart {
  /** For ids; unique on the page. */
  readonly name: string;
  readonly title: string;
  /** The finding: what somebody who does not see the drawing must know. */
  readonly caption: string;
  readonly plot: Plot;
  readonly height: number;
  readonly numbers: Markup;
}

const sizes = { wide: { width: 720, mostLabels: 9 }, narrow: { width: 340, mostLabels: 4 } } as const;

/** Drawn wide, and narrow for a phone; the style shows one, so that words in it are never smaller than the page's. */
export function chartMarkup({ name, title, caption, plot, height, numbers }: Chart): Markup {
  const drawn = (size: keyof typeof sizes): Markup =>
    html`<div class="${size}">${draw(plot, { ...sizes[size], height })}</div>`;
  return html`<figure aria-labelledby="${name}-title">
    <figcaption>
      <h3 id="${name}-title">${title}</h3>
      <p>${caption}</p>
    </figcaption>
    <div role="img" aria-label="${`${title}. ${caption}`}">${drawn('wide')}${drawn('narrow')}</div>
    <details>
      <summary>The numbers<span class="unseen"> of: ${title}</span></summary>
      ${numbers}
    </details>
  </figure> `;
}

import type { EChartsCoreOption } from 'echarts/core';
import { html, type Markup, trusted } from './markup.ts';

/** A figure: what it shows in words, the drawing, and the numbers behind it as a table. */
interface Chart {
  /** For ids; unique on the page. */
  readonly name: string;
  readonly title: string;
  /** The finding: what somebody who does not see the drawing must know. */
  readonly finding: string;
  /** `isNarrow`: on a phone. */
  readonly option: (isNarrow: boolean) => EChartsCoreOption;
  readonly height: number;
  readonly numbers: Markup;
}

const wide = 720;
const narrow = 340;

/** Both sizes are drawn; the style shows one, so that words in it are never smaller than the page's. */
export async function chartMarkup({ name, title, finding, option, height, numbers }: Chart): Promise<Markup> {
  const { draw } = await import('./drawing.ts');
  const drawn = (size: 'wide' | 'narrow', width: number): Markup =>
    html`<div class="${size}">${trusted(draw(option(size === 'narrow'), `${name}-${size}`, width, height))}</div>`;
  return html`<figure aria-labelledby="${name}-title">
    <figcaption>
      <h3 id="${name}-title">${title}</h3>
      <p>${finding}</p>
    </figcaption>
    <div role="img" aria-label="${`${title}. ${finding}`}">${drawn('wide', wide)}${drawn('narrow', narrow)}</div>
    <details>
      <summary>The numbers<span class="unseen"> of: ${title}</span></summary>
      ${numbers}
    </details>
  </figure> `;
}

/** Colours are the page's own, so that they follow its light and dark. */
export const ink = {
  text: 'var(--ink-2)',
  line: 'var(--rule)',
  accent: 'var(--accent)',
  signal: 'var(--signal)',
  paper: 'var(--paper)',
} as const;

const words = { color: ink.text, fontSize: 12, fontFamily: 'inherit' } as const;

/** Labels along the bottom, as many as there is room for. */
export const categories = (labels: readonly string[], isNarrow: boolean): EChartsCoreOption => ({
  type: 'category',
  data: [...labels],
  axisTick: { show: false },
  axisLine: { lineStyle: { color: ink.line } },
  axisLabel: { ...words, interval: Math.max(0, Math.ceil(labels.length / (isNarrow ? 4 : 9)) - 1), hideOverlap: true },
});

export const amounts = (unit: string, limit: number | null = null): EChartsCoreOption => ({
  type: 'value',
  minInterval: 1,
  splitNumber: 3,
  ...(limit === null ? {} : { max: limit }),
  axisLabel: { ...words, formatter: (value: number) => `${value.toLocaleString('en-US')}${unit}` },
  splitLine: { lineStyle: { color: ink.line } },
});

export const frame = {
  left: 8,
  right: 12,
  top: 18,
  bottom: 4,
  // The labels are within these bounds too.
  outerBoundsMode: 'same',
  outerBoundsContain: 'axisLabel',
} as const;

/** What was done: filled. */
export const filled = { color: ink.accent } as const;
/** What was not: hollow, so that nobody needs to see colours to tell the two apart. */
export const hollow = { color: ink.paper, borderColor: ink.signal, borderWidth: 1.5 } as const;
export const labelled = { show: true, color: ink.text, fontSize: 11, fontFamily: 'inherit' } as const;

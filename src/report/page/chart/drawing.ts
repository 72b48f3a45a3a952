/**
 * Draws charts as SVG. Styles are attributes, because the page's policy (CSP) allows only those; colours are the page's
 * own, so that a drawing follows its light and dark modes.
 */
import { scaleBand } from 'd3-scale';
import { inFull } from '../../../plain-text.ts';
import { type AmountScale, amountsTo } from './amounts.ts';
import { html, type Markup } from '../markup.ts';

export interface Plot {
  /** The moments, along the bottom; shown as room allows. */
  readonly labels: readonly string[];
  /** Drawn one over the other in this order. */
  readonly series: readonly Series[];
  /** How bars of one moment are placed. A logarithmic scale needs `beside`. */
  readonly bars: 'stacked' | 'beside';
  readonly unit: string;
  readonly scale: AmountScale;
}

/** A number for each moment; null draws nothing. */
export type Series =
  | {
      readonly shape: 'bars';
      readonly look: 'filled' | 'hollow';
      readonly values: readonly (number | null)[];
    }
  | { readonly shape: 'line'; readonly look: 'solid' | 'dashed'; readonly values: readonly (number | null)[] }
  | { readonly shape: 'triangles'; readonly values: readonly (number | null)[] };

interface Size {
  readonly width: number;
  readonly height: number;
  readonly mostLabels: number;
}

const ink = { text: 'var(--ink-2)', rule: 'var(--rule)', accent: 'var(--accent)', signal: 'var(--signal)' } as const;

const margin = { top: 18, right: 12, bottom: 20 } as const;
const fontSize = 12;
/** The approximate width of a digit. */
const digitWidth = 0.6 * fontSize;
const gapBetweenBars = 0.2;
const widestBar = 34;

/** Finished work is filled and open work hollow, so that the two differ without colour. */
const barLooks = {
  filled: html`fill="${ink.accent}"`,
  hollow: html`fill="var(--paper)" stroke="${ink.signal}" stroke-width="1.5"`,
} as const;

const lineLooks = {
  solid: html`stroke="${ink.accent}" stroke-width="2"`,
  dashed: html`stroke="${ink.signal}" stroke-width="1.5" stroke-dasharray="5 4"`,
} as const;

/** Positions in pixels from the upper left corner. */
interface Frame {
  readonly left: number;
  readonly right: number;
  readonly floor: number;
  readonly barWidth: number;
  readonly x: (moment: number) => number;
  readonly y: (amount: number) => number;
}

export function draw(plot: Plot, { width, height, mostLabels }: Size): Markup {
  const { height: heightOf, ticks } = amountsTo(Math.max(1, ...tops(plot)), plot.scale);
  const words = ticks.map((tick) => `${inFull(tick)}${plot.unit}`);
  const left = Math.ceil(Math.max(...words.map(({ length }) => length)) * digitWidth) + 14;
  const right = width - margin.right;
  const floor = height - margin.bottom;
  const isOfLines = plot.series.every(({ shape }) => shape === 'line');
  const moments = scaleBand(plot.labels.keys(), [left, right]).paddingInner(isOfLines ? 1 : gapBetweenBars);
  if (!isOfLines) moments.paddingOuter(gapBetweenBars / 2);
  const barWidth = Math.min(widestBar, moments.bandwidth());
  const frame: Frame = {
    left,
    right,
    floor,
    barWidth,
    x: (moment) => (moments(moment) ?? left) + moments.bandwidth() / 2,
    y: heightOf(floor, margin.top),
  };
  return html`<svg aria-hidden="true" focusable="false" viewBox="0 0 ${width} ${height}">
    ${ticks.map((tick, index) => gridLine(frame, tick, words[index] ?? ''))}
    ${momentLabels(frame, plot.labels, mostLabels)}${marks(frame, plot)}
  </svg> `;
}

function tops({ series, bars }: Plot): readonly number[] {
  const stacked: number[] = [];
  for (const { shape, values } of series) {
    for (const [moment, value] of values.entries()) {
      const below = shape === 'bars' && bars === 'stacked' ? (stacked[moment] ?? 0) : 0;
      stacked[moment] = Math.max(stacked[moment] ?? 0, below + (value ?? 0));
    }
  }
  return stacked;
}

const gridLine = ({ left, right, y }: Frame, tick: number, words: string): Markup =>
  html`<path d="M${left} ${px(y(tick))}H${right}" stroke="${ink.rule}" />
    ${written(words, { x: left - 8, y: y(tick) + 4, anchor: 'end' })}`;

interface Place {
  readonly x: number;
  /** The baseline of the text. */
  readonly y: number;
  /** Default: `x` is their middle. */
  readonly anchor?: 'end';
}

const written = (words: string, { x, y, anchor }: Place): Markup =>
  html`<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor ?? 'middle'}" fill="${ink.text}" font-size="${fontSize}">
    ${words}
  </text> `;

function momentLabels({ right, floor, x }: Frame, labels: readonly string[], most: number): readonly Markup[] {
  const every = Math.ceil(labels.length / most);
  return [...labels.entries()]
    .filter(([moment]) => moment % every === 0)
    .map(([moment, label]) => {
      const overhang = x(moment) + (label.length * digitWidth) / 2 - right - margin.right;
      return written(label, { x: x(moment) - Math.max(0, overhang), y: floor + 16 });
    });
}

/** Draws the series in order: later ones may cover earlier ones. */
function marks(frame: Frame, { series, bars }: Plot): readonly Markup[] {
  const stacked: number[] = [];
  const places = bars === 'beside' ? series.filter(({ shape }) => shape === 'bars') : null;
  return series.map((one) => {
    switch (one.shape) {
      case 'bars':
        return html`${[...one.values.entries()].map(([moment, value]) => {
          const from = places === null ? (stacked[moment] ?? 0) : 0;
          stacked[moment] = from + (value ?? 0);
          if (value === null) return null;
          const place = places === null ? { index: 0, of: 1 } : { index: places.indexOf(one), of: places.length };
          return bar(frame, one.look, { moment, from, to: stacked[moment], ...place });
        })}`;
      case 'line':
        return html`<polyline points="${pointsOf(frame, one.values)}" fill="none" ${lineLooks[one.look]} /> `;
      case 'triangles':
        return html`${[...one.values.entries()].map(([moment, value]) =>
          value === null ? null : triangle(frame, moment, value),
        )}`;
    }
  });
}

interface BarPlace {
  readonly moment: number;
  readonly from: number;
  readonly to: number;
  readonly index: number;
  readonly of: number;
}

function bar(
  { x, y, barWidth }: Frame,
  look: keyof typeof barLooks,
  { moment, from, to, index, of }: BarPlace,
): Markup {
  const width = barWidth / of;
  const [left, top] = [x(moment) - barWidth / 2 + index * width, y(to)];
  return html`<rect
    x="${px(left)}"
    y="${px(top)}"
    width="${px(width)}"
    height="${px(y(from) - top)}"
    ${barLooks[look]}
  /> `;
}

/** Points up, above the moment's other marks. */
function triangle({ x, y }: Frame, moment: number, value: number): Markup {
  const [middle, foot] = [x(moment), y(value) - 3];
  return html`<path d="M${px(middle - 4.5)} ${px(foot)}h9l-4.5 -9z" fill="${ink.signal}" /> `;
}

/** Skips moments that have a null amount. */
const pointsOf = ({ x, y }: Frame, values: readonly (number | null)[]): string =>
  [...values.entries()]
    .flatMap(([moment, value]) => (value === null ? [] : [`${px(x(moment))},${px(y(value))}`]))
    .join(' ');

const px = (length: number): number => Math.round(length * 10) / 10;

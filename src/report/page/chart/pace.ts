import { counted, inFull, lasting, milliseconds } from '../../../plain-text.ts';
import { chartMarkup } from './chart.ts';
import type { Pace, PageFacts } from '../facts.ts';
import { html, type Markup } from '../markup.ts';
import { sectionMarkup } from '../section.ts';
import { tableMarkup } from '../table.ts';
import { type SiteClock, siteClock } from './site-clock.ts';

export function paceSection({ pace, timeZone }: PageFacts): Markup | null {
  const whole = pace.find(({ began_at }) => began_at === null);
  if (whole === undefined) return null;
  const spans = spansOf(pace, whole.seconds);
  const clock = siteClock(timeZone);
  const from = (at: Date): string => `from ${clock.time(at, true)} ${clock.abbreviation(at)}`;
  const fastest = spans.reduce((best, span) => (span.posts > best.posts ? span : best));
  const slowest = spans.reduce((worst, span) => (span.p95_ms > worst.p95_ms ? span : worst));
  const length = whole.seconds === 1 ? 'second' : lasting(whole.seconds * 1000);
  const answers =
    `Half of the answers came within ${milliseconds(whole.median_ms)}, 95 of 100 within ${milliseconds(whole.p95_ms)}; ` +
    `the longest took ${milliseconds(whole.longest_ms)}.`;
  if (spans.length < fewestDrawn)
    return sectionMarkup('pace', 'How it went', html`<p>${counted(whole.posts, 'POST')}. ${answers}</p>`);
  const labels = spans.map(({ at }) => clock.time(at, whole.seconds < 60));
  const rate = chartMarkup({
    name: 'rate',
    title: `POSTs per ${length}`,
    caption: `${counted(whole.posts, 'POST')} in all; at most ${inFull(fastest.posts)} ${whole.seconds === 1 ? 'a second' : `in ${length}`}, ${from(fastest.at)}.`,
    height: 150,
    plot: {
      labels,
      unit: '',
      bars: 'stacked',
      scale: 'linear',
      series: [{ shape: 'bars', look: 'filled', values: spans.map(({ posts }) => posts) }],
    },
    numbers: numbersOf(spans, clock),
  });
  const latency = chartMarkup({
    name: 'latency',
    title: 'Time to an answer',
    caption: `${answers} Slowest ${from(slowest.at)}: 95 of 100 within ${milliseconds(slowest.p95_ms)}. Solid: half of the answers; dashed: 95 of 100.`,
    height: 150,
    plot: {
      labels,
      unit: ' ms',
      bars: 'stacked',
      scale: 'linear',
      series: [
        { shape: 'line', look: 'solid', values: spans.map(({ posts, median_ms }) => (posts === 0 ? null : median_ms)) },
        { shape: 'line', look: 'dashed', values: spans.map(({ posts, p95_ms }) => (posts === 0 ? null : p95_ms)) },
      ],
    },
    numbers: numbersOf(spans, clock),
  });
  return sectionMarkup('pace', 'How it went', html`${rate}${latency}`);
}

/** Below this, words are clearer than a drawing. */
const fewestDrawn = 6;

interface Span extends Omit<Pace, 'began_at'> {
  readonly at: Date;
}

/** Includes idle spans, so that a pause is visible. */
function spansOf(pace: readonly Pace[], seconds: number): readonly Span[] {
  const known = new Map<number, Pace>();
  for (const span of pace) if (span.began_at !== null) known.set(span.began_at.getTime(), span);
  const times = [...known.keys()];
  const spans: Span[] = [];
  for (let time = Math.min(...times); time <= Math.max(...times); time += seconds * 1000) {
    const span = known.get(time) ?? { seconds, posts: 0, median_ms: 0, p95_ms: 0, longest_ms: 0 };
    spans.push({ ...span, at: new Date(time) });
  }
  return spans;
}

const numbersOf = (spans: readonly Span[], clock: SiteClock): Markup =>
  tableMarkup(
    'POSTs and times to an answer',
    [
      { head: `From (${clock.zone})` },
      { head: 'POSTs', isNumber: true },
      { head: 'half within', isNumber: true },
      { head: '95 of 100 within', isNumber: true },
    ],
    spans.map(({ at, posts, median_ms, p95_ms }) => [
      clock.time(at, true),
      posts,
      posts === 0 ? null : milliseconds(median_ms),
      posts === 0 ? null : milliseconds(p95_ms),
    ]),
  );

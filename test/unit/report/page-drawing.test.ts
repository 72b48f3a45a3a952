import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scaleFor, scaleInWords } from '../../../src/report/page/chart/amounts.ts';
import { draw, type Plot, type Series } from '../../../src/report/page/chart/drawing.ts';

const size = { width: 340, height: 150, mostLabels: 4 };

const plotOf = (series: readonly Series[], more: Partial<Plot> = {}): Plot => ({
  labels: (series[0]?.values ?? []).map((_, moment) => `day ${moment}`),
  series,
  unit: '',
  bars: 'stacked',
  scale: 'linear',
  ...more,
});

const drawn = (plot: Plot): string => draw(plot, size).text;

const bars = (look: 'filled' | 'hollow', ...values: (number | null)[]): Series => ({ shape: 'bars', look, values });

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const boxesIn = (svg: string): Box[] =>
  [...svg.matchAll(/<rect\s+x="([-\d.]+)"\s+y="([-\d.]+)"\s+width="([-\d.]+)"\s+height="([-\d.]+)"/g)].map((match) => {
    const [x = 0, y = 0, width = 0, height = 0] = match.slice(1).map(Number);
    return { x, y, width, height };
  });

const wordsIn = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>\s*([^<]*?)\s*<\/text>/g)].map(([, words = '']) => words);

describe('bars', () => {
  test('are as high as their values, stacked', () => {
    const [done, other, left] = boxesIn(drawn(plotOf([bars('filled', 20, 10), bars('hollow', 5, null)])));
    expect(done?.height).toBeCloseTo(2 * (other?.height ?? 0), 0);
    expect(left?.height).toBeCloseTo((done?.height ?? 0) / 4, 0);
    expect((left?.y ?? 0) + (left?.height ?? 0)).toBeCloseTo(done?.y ?? 0, 0);
    expect(left?.x).toBe(done?.x);
  });

  test('of one moment stand side by side on request', () => {
    const [done, left] = boxesIn(drawn(plotOf([bars('filled', 20), bars('hollow', 5)], { bars: 'beside' })));
    expect(left?.x).toBeCloseTo((done?.x ?? 0) + (done?.width ?? 0), 0);
    expect((left?.y ?? 0) + (left?.height ?? 0)).toBeCloseTo((done?.y ?? 0) + (done?.height ?? 0), 0);
  });
});

describe('a logarithmic scale', () => {
  const nights = [58_198, 15, 1, 0];
  const svg = drawn(plotOf([bars('filled', ...nights)], { scale: 'log' }));

  test('shows distant amounts at different heights, above zero', () => {
    const [load = 0, night = 0, one = 0, nothing = 0] = boxesIn(svg).map(({ height }) => height);
    expect(load).toBeGreaterThan(2 * night);
    expect(night).toBeGreaterThan(2 * one);
    expect(one).toBeGreaterThan(4);
    expect(nothing).toBe(0);
  });

  test('labels its lines by tens, or by hundreds in wide ranges', () => {
    expect(wordsIn(svg).filter((words) => !words.startsWith('day'))).toEqual([
      '0',
      '1',
      '10',
      '100',
      '1,000',
      '10,000',
    ]);
    const wider = drawn(plotOf([bars('filled', 9_000_000)], { scale: 'log' }));
    expect(wordsIn(wider).filter((words) => !words.startsWith('day'))).toEqual([
      '0',
      '1',
      '100',
      '10,000',
      '1,000,000',
    ]);
    expect(scaleInWords(58_198, 'log')).toBe(
      'The scale is logarithmic: from 1 on, each line is 10 times the one below it.',
    );
    expect(scaleInWords(9_000_000, 'log')).toContain('100 times');
  });

  test('applies when amounts differ more than ten times', () => {
    expect(scaleFor(nights)).toBe('log');
    expect(scaleFor([0, 11, 110])).toBe('linear');
    expect(scaleFor([0, 11, 111])).toBe('log');
    expect([scaleFor([]), scaleFor([0]), scaleFor([7])]).toEqual(['linear', 'linear', 'linear']);
    expect(scaleInWords(110, 'linear')).toBeNull();
  });
});

describe('lines', () => {
  test('skip a moment without a value', () => {
    const svg = drawn(plotOf([{ shape: 'line', look: 'solid', values: [1, null, 3] }]));
    expect(/points="([^"]*)"/.exec(svg)?.[1]?.split(' ')).toHaveLength(2);
  });

  test('reach from edge to edge', () => {
    const svg = drawn(plotOf([{ shape: 'line', look: 'dashed', values: [0, 3, 0] }]));
    const [start, , end] = (/points="([^"]*)"/.exec(svg)?.[1] ?? '').split(' ').map((point) => point.split(',')[0]);
    expect(svg).toContain(`M${start} `);
    expect(svg).toContain(`H${end}"`);
  });
});

describe('a drawing', () => {
  test('has whole amounts along the left, with their unit', () => {
    const svg = drawn(plotOf([bars('filled', 1, 0)], { unit: ' ms', labels: ['', ''] }));
    expect(wordsIn(svg).filter((words) => words !== '')).toEqual(['0 ms', '1 ms']);
  });

  test('has as many moments along the bottom as fit', () => {
    const words = wordsIn(drawn(plotOf([bars('filled', ...Array.from({ length: 30 }, () => 1))])));
    expect(words.filter((word) => word.startsWith('day'))).toEqual(['day 0', 'day 8', 'day 16', 'day 24']);
  });

  test.each(['linear', 'log'] as const)('keeps all marks within its bounds for any amounts (%s)', (scale) => {
    const amount = fc.option(fc.nat(5_000_000));
    const anySeries = fc.integer({ min: 1, max: 40 }).chain((length) => {
      const values = fc.array(amount, { minLength: length, maxLength: length });
      return fc.tuple(values, values);
    });
    fc.assert(
      fc.property(anySeries, ([done, left]) => {
        const svg = drawn(
          plotOf([bars('filled', ...done), bars('hollow', ...left), { shape: 'triangles', values: done }], {
            scale,
            bars: scale === 'log' ? 'beside' : 'stacked',
          }),
        );
        expect(svg).not.toMatch(/NaN|Infinity|undefined/);
        const boxes = boxesIn(svg);
        expect(boxes).toHaveLength([...done, ...left].filter((value) => value !== null).length);
        for (const { x, y, width, height } of boxes) {
          expect(Math.min(x, y, height)).toBeGreaterThanOrEqual(0);
          expect(x + width).toBeLessThanOrEqual(size.width);
          expect(y + height).toBeLessThanOrEqual(size.height);
        }
      }),
    );
  });

  test('escapes its words', () => {
    expect(drawn(plotOf([bars('filled', 1)], { labels: ['<b>'] }))).toContain('&lt;b&gt;');
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { draw, type Plot, type Series } from '../../src/report/page/drawing.ts';

const size = { width: 340, height: 150, mostLabels: 4 };

const plotOf = (series: readonly Series[], more: Partial<Plot> = {}): Plot => ({
  labels: (series[0]?.values ?? []).map((_, moment) => `day ${moment}`),
  series,
  unit: '',
  limit: null,
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
  test('are as high as what they say, and stand on those before them', () => {
    const [done, other, left] = boxesIn(drawn(plotOf([bars('filled', 20, 10), bars('hollow', 5, null)])));
    expect(done?.height).toBeCloseTo(2 * (other?.height ?? 0), 0);
    expect(left?.height).toBeCloseTo((done?.height ?? 0) / 4, 0);
    expect((left?.y ?? 0) + (left?.height ?? 0)).toBeCloseTo(done?.y ?? 0, 0);
    expect(left?.x).toBe(done?.x);
  });

  test('that are cut off at the top say their number there', () => {
    const series: Series = { shape: 'bars', look: 'filled', values: [100, 3], notes: ['1,234', null] };
    expect(wordsIn(drawn(plotOf([series], { limit: 100 })))).toContain('1,234');
  });

  test('of nothing but a note are a note', () => {
    const series: Series = { shape: 'bars', look: 'hollow', values: [0], notes: ['7'] };
    expect(boxesIn(drawn(plotOf([series])))).toEqual([]);
  });
});

describe('lines', () => {
  test('pass over a moment that has nothing', () => {
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

  test('has as many moments along the bottom as there is room for', () => {
    const words = wordsIn(drawn(plotOf([bars('filled', ...Array.from({ length: 30 }, () => 1))])));
    expect(words.filter((word) => word.startsWith('day'))).toEqual(['day 0', 'day 8', 'day 16', 'day 24']);
  });

  test('keeps all marks within its bounds, whatever the amounts', () => {
    const amount = fc.option(fc.nat(5_000_000));
    const anySeries = fc.integer({ min: 1, max: 40 }).chain((length) => {
      const values = fc.array(amount, { minLength: length, maxLength: length });
      return fc.tuple(values, values);
    });
    fc.assert(
      fc.property(anySeries, ([done, left]) => {
        const svg = drawn(
          plotOf([bars('filled', ...done), bars('hollow', ...left), { shape: 'triangles', values: done }]),
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

  test('has its words escaped', () => {
    expect(drawn(plotOf([bars('filled', 1)], { labels: ['<b>'] }))).toContain('&lt;b&gt;');
  });
});

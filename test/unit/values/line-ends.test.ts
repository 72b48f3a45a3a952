import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openLineEnds } from '../../../src/report/text/line-ends.ts';

const piecewise = (pieces: readonly Buffer[]): string => {
  const ended = openLineEnds();
  return Buffer.concat(pieces.map((piece) => ended(piece))).toString();
};

test('a line ends with CR LF, except within quotes', () => {
  expect(piecewise([Buffer.from('a,b\n"x\ny",é\n"""\n",1\n')])).toBe('a,b\r\n"x\ny",é\r\n"""\n",1\r\n');
});

test("a file's bytes are the same at any cut", () => {
  const csv = fc
    .string({ unit: fc.constantFrom('"', '\n', '\r', ',', 'a', 'é', '😀') })
    .map((text) => Buffer.from(text));
  fc.assert(
    fc.property(csv, fc.array(fc.nat({ max: 40 })), (bytes, cuts) => {
      const ends = [...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
      const pieces = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
      expect(piecewise(pieces)).toBe(piecewise([bytes]));
    }),
  );
});

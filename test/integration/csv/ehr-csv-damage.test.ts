import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { damageMark as mark } from '../../../src/values/damage.ts';
import { csvSite, type CsvSite } from '../support/csv-site.ts';

let site: CsvSite;
let contract: string;
beforeAll(async () => {
  site = await csvSite();
  contract = await site.folder({});
  await mkdir(join(contract, 'landing'));
  await writeFile(
    join(contract, 'landing/thing.sql'),
    'CREATE UNLOGGED TABLE thing (id text NOT NULL, a text, b text)',
  );
});
afterAll(() => site.drop());

/** What a file `thing.csv` of this content leaves in the table, and what it is found to have wrong. */
async function landed(content: string | Buffer): Promise<{ rows: unknown[]; findings: string[] }> {
  const landing = await site.land(await site.folder({ 'thing.csv': content }), contract);
  expect(landing.findingCount).toBe(landing.findings.length);
  return {
    rows: (await site.rows(landing, 'thing')).map((row) => Object.values(row as Record<string, unknown>)),
    findings: landing.findings.map(({ line, problem, column }) => `${line} ${problem}${column ? ` ${column}` : ''}`),
  };
}

const good = (id: string): string => `${id},a${id},b${id}`;
const goodRow = (id: string): string[] => [id, `a${id}`, `b${id}`];

describe('a CSV file', () => {
  it.each([
    ['line feeds', 'id,a,b\n1,x,\n2,y,z\n'],
    ['carriage returns with them', 'id,a,b\r\n1,x,\r\n2,y,z\r\n'],
    ['both', 'id,a,b\n1,x,\r\n2,y,z\n'],
    ['no end to its last line', 'id,a,b\n1,x,\n2,y,z'],
    ['blank lines', '\nid,a,b\n\n1,x,\n\r\n\n2,y,z\n\n\n'],
    ['a byte-order mark', '\ufeffid,a,b\n1,x,\n2,y,z\n'],
    ['a byte-order mark and quotes around everything', '\ufeff"id","a","b"\n"1","x",""\n"2","y","z"\n'],
    ['headers in other letters', ' ID ,A,"b"\n1,x,\n2,y,z\n'],
  ])('with %s gives its rows, an empty field as null', async (_, content) => {
    expect(await landed(content)).toEqual({
      rows: [
        ['1', 'x', null],
        ['2', 'y', 'z'],
      ],
      findings: [],
    });
  });

  it('keeps newlines, commas, quotes and Unicode within quotes', async () => {
    const text = 'one\r\n"two", \\N \\. \t three \u{1f469}\ufffd é\n';
    expect(await landed(`id,a,b\n1,${JSON.stringify(1)},"${text.replaceAll('"', '""')}"\n`)).toEqual({
      rows: [['1', '1', text]],
      findings: [],
    });
  });

  it('gives every row that a CSV writer wrote', async () => {
    const field = fc.string({ unit: 'binary' }).filter((text) => !/[\0\ufeff]/.test(text));
    const file = fc.uniqueArray(fc.tuple(fc.uuid(), field, field), { selector: ([id]) => id, minLength: 1 });
    await fc.assert(
      fc.asyncProperty(file, fc.constantFrom('unix' as const, 'windows' as const), async (rows, lineEnds) => {
        const content = stringify(rows, {
          header: true,
          columns: ['id', 'a', 'b'],
          record_delimiter: lineEnds,
          // By itself it leaves the other system's line ends bare, which no reader could tell from its own.
          quoted_match: /[\r\n]/,
        });
        const sorted = [...rows].sort(([one], [other]) => (one < other ? -1 : 1));
        expect(await landed(content)).toEqual({
          rows: sorted.map((row) => row.map((text) => (text === '' ? null : text))),
          findings: [],
        });
      }),
      { numRuns: 50 },
    );
  });

  it("gives csv-parse's rows for any quotes and any cut of the bytes", async () => {
    const plain = fc.string({ unit: fc.constantFrom('x', ' ', 'é', '😀', '\\', '\t', '\r', '.', "'"), maxLength: 40 });
    const spoken = fc.string({ unit: fc.constantFrom('x', '"', ',', '\n', '\r\n', 'é', '\\'), maxLength: 40 });
    const quoted = spoken.map((text) => `"${text.replaceAll('"', '""')}"`);
    const blank = fc.constantFrom('', '', '', '\n', '\r\n');
    const line = fc.tuple(
      blank,
      plain,
      fc.oneof({ weight: 9, arbitrary: plain }, quoted),
      fc.constantFrom('\n', '\r\n'),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 20, maxLength: 60 }),
        fc.nat({ max: 70 }),
        async (lines, repeats) => {
          const body = Array.from({ length: repeats + 1 }, (_, round) =>
            lines
              .map(([before, a, b, end], index) => `${before}${1_000_000 + round * 100 + index},z${a},${b}${end}`)
              .join(''),
          ).join('');
          const expected = parse(body, { record_delimiter: ['\r\n', '\n'], skip_empty_lines: true });
          expect(await landed(`id,a,b\n${body}`)).toEqual({
            rows: expected.map((row) => row.map((text) => (text === '' ? null : text))),
            findings: [],
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each([
    ['too few fields', '2,x', ['3 too_few_fields']],
    ['too many fields', '2,x,y,z', ['3 too_many_fields']],
    ['nothing where its id belongs', ',x,y', ['3 required_empty id']],
    ['an id too long to be one', `${'ü'.repeat(1001)},x,y`, ['3 key_too_long id']],
    ['a quote within a field', '2,5" tube,y', ['3 stray_quote']],
    ['something behind a closing quote', '2,"x"y,z', ['3 stray_quote']],
    ['a quote that is never closed', '2,"x,y', ['3 stray_quote']],
    ['a quote that the next line’s quote seems to close', '2,"x,y\n2a,"x",y', ['3 stray_quote']],
    ['more than a mebibyte', `2,${'x'.repeat(1_100_000)},y`, ['3 too_long']],
    ['a line end that ought to be in quotes', '2,x\ny,z', ['3 too_few_fields', '4 too_few_fields']],
  ])('reports a line with %s, and loses nothing else', async (_, line, findings) => {
    const content = Buffer.concat(
      [`id,a,b\n${good('1')}\n`, line, `\n${good('4')}\n5,"5\n5",b5\n${good('6')}\n`].map((part) => Buffer.from(part)),
    );
    const result = await landed(content);
    expect(result.findings).toEqual(findings);
    const kept = result.rows.filter((row) => (row as string[])[0] !== '2a');
    expect(kept).toEqual([goodRow('1'), goodRow('4'), ['5', '5\n5', 'b5'], goodRow('6')]);
  });

  it('loses only the line with the unclosed quote, however long the rest', async () => {
    const ids = Array.from({ length: 60_000 }, (_, index) => String(100_000 + index));
    const result = await landed(`id,a,b\n0,"x,y\n${ids.map(good).join('\n')}\n`);
    expect(result.findings).toEqual(['2 stray_quote']);
    expect(result.rows).toHaveLength(ids.length);
  });

  it('counts lines as an editor does', async () => {
    const { findings } = await landed('id,a,b\n1,"x\ny\nz",\n\n\n2,x\n3,"\r\n",\r\n\r\n4,x\n5,"x\ny",z,too,many\n');
    expect(findings).toEqual(['7 too_few_fields', '11 too_few_fields', '12 too_many_fields', '13 stray_quote']);
  });

  it.each([
    ['a zero byte', '2,x\0y,z', ['3 zero_byte a'], [mark, 'z']],
    ['bytes of another encoding', Buffer.from('2,M\xfcller,z', 'latin1'), ['3 not_utf8 a'], [mark, 'z']],
    [
      'half of a character at its end',
      Buffer.from([0x32, 0x2c, 0x78, 0x2c, 0xe2, 0x82]),
      ['3 not_utf8 b'],
      ['x', mark],
    ],
    ['both', Buffer.from('2,\xff,x\0', 'latin1'), ['3 not_utf8 a', '3 zero_byte b'], [mark, mark]],
    ['a bad byte within quotes', Buffer.from('2,"\xff,\n""x",z', 'latin1'), ['3 not_utf8 a'], [mark, 'z']],
  ])('loses only the field with %s, which is marked', async (_, line, findings, fields) => {
    const content = Buffer.concat(
      [`id,a,b\n${good('1')}\n`, line, `\n${good('4')}\n`].map((part) => Buffer.from(part)),
    );
    expect(await landed(content)).toEqual({ rows: [goodRow('1'), ['2', ...fields], goodRow('4')], findings });
  });

  it('keeps a row with an unreadable key, marked', async () => {
    const { rows, findings } = await landed(Buffer.from('id,a,b\n1\xff,x,y\n2,x,y\n', 'latin1'));
    expect([rows, findings]).toEqual([
      [
        ['2', 'x', 'y'],
        [mark, 'x', 'y'],
      ],
      ['2 not_utf8 id'],
    ]);
  });

  it('replaces the mark itself by U+FFFD', async () => {
    expect(await landed(`id,a,b\n1,x${mark}y,"${mark}"\n`)).toEqual({
      rows: [['1', 'x\ufffdy', '\ufffd']],
      findings: [],
    });
  });

  it('reports a block of zero bytes at its end as one finding', async () => {
    const whole = `id,a,b\n${good('1')}\n${good('2')}\n`;
    const rows = [goodRow('1'), goodRow('2')];
    expect(await landed(`${whole}${'\0'.repeat(2_000_000)}`)).toEqual({ rows, findings: ['4 zero_byte'] });
    expect(await landed(`${whole}3,x${'\0'.repeat(5000)}`)).toEqual({
      rows,
      findings: ['4 too_few_fields', '4 zero_byte'],
    });
  });

  it("counts what was read and left out, and a damaged field's row as read", async () => {
    const content = `id,a,b\n${good('1')}\n\n2,x\n3,x\n4,x\n5,x\n,x,y\n6,x\0,y`;
    const landing = await site.land(await site.folder({ 'thing.csv': content }), contract);
    expect(landing.source).toEqual([
      {
        file: 'thing.csv',
        table: 'thing',
        lines: 7,
        modifiedAt: landing.oldestFileTime,
        bytes: Buffer.byteLength(content),
        leftOut: [
          { reason: 'too_few_fields', count: 4, firstLines: [4, 5, 6] },
          { reason: 'required_empty', count: 1, firstLines: [8] },
        ],
        damagedFields: 1,
        endsWithLineEnd: false,
      },
    ]);
    expect([(await site.rows(landing, 'thing')).length, landing.findingCount]).toEqual([2, 6]);
    expect(landing.remarks).toEqual([
      {
        file: 'thing.csv',
        isWarning: true,
        sentence: expect.stringContaining('no line end behind its last line') as string,
      },
    ]);
  });
});

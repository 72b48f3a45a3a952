import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { damageMark as mark } from '../../../src/values/damage.ts';
import { type ExtractSite, extractSite } from '../support/extract-site.ts';

let site: ExtractSite;
beforeAll(async () => {
  site = await extractSite();
});
afterAll(() => site.drop());

const header = 'patient_id,mrn,last_name,zip';
const names = ['Núñez', 'Olsen', 'Groß', 'Peña', 'Strauß', 'Müller'];
const rows = names.map((name, index) => [`P00${index + 1}`, `M${index + 1}`, name, '53703']);
const text = `${[header, ...rows.map((row) => row.join(','))].join('\n')}\n`;
const utf16 = (content: string): Buffer => Buffer.from(content, 'utf16le');
const cp1252 = Buffer.from(text, 'latin1');

describe('a file in another encoding', () => {
  it.each([
    ['Windows-1252', cp1252, 'windows-1252'],
    ['UTF-16 with a byte-order mark', utf16(`\ufeff${text}`), 'utf-16'],
    ['UTF-16 without one', utf16(text), 'utf-16'],
    ['UTF-16 of the other byte order', utf16(`\ufeff${text}`).swap16(), 'utf-16'],
    ['UTF-16 of the other byte order without a mark', utf16(text).swap16(), 'utf-16'],
  ] as const)('%s is refused with the setting that reads it, and read with that', async (_, bytes, encoding) => {
    const refusal = await site.refusal({ 'patients.csv': bytes });
    expect(refusal.split('\n')).toHaveLength(2);
    expect(refusal).toMatch(
      new RegExp(`patients\\.csv is .*; set CSV_ENCODING=${encoding}, or export it as UTF-8\\.$`),
    );
    expect(await site.patients({ 'patients.csv': bytes }, { encoding })).toEqual(rows);
  });

  it('is read as UTF-8 when only one file contradicts CSV_ENCODING', async () => {
    for (const encoding of ['windows-1252', 'utf-16'] as const) {
      const landing = await site.landed({ 'patients.csv': text }, { encoding });
      expect(await site.rows(landing, 'patients')).toHaveLength(rows.length);
      expect(await site.rows(landing, 'patients')).toContainEqual(expect.objectContaining({ last_name: 'Núñez' }));
      expect(landing.remarks.map(({ sentence }) => sentence)).toEqual([
        `patients.csv is UTF-8 and was read as such, although CSV_ENCODING is ${encoding}.`,
      ]);
    }
  });

  it('gives the characters of Windows-1252, and marks a meaningless byte', async () => {
    const row = (id: string, byte: number): Buffer =>
      Buffer.concat([Buffer.from(`${id},M,O`), Buffer.from([byte]), Buffer.from('Neill,1\n')]);
    const bytes = Buffer.concat([Buffer.from(`${header}\n`), row('a', 0x92), row('b', 0x80), row('c', 0x81)]);
    expect(await site.patients({ 'patients.csv': bytes }, { encoding: 'windows-1252' })).toEqual([
      ['a', 'M', 'O’Neill', '1'],
      ['b', 'M', 'O€Neill', '1'],
      ['c', 'M', mark, '1'],
    ]);
  });

  it('differs from a damaged UTF-8 file, whose bad bytes cost their fields', async () => {
    const bad = Buffer.concat([
      Buffer.from(text),
      Buffer.from('P1,M,M\xfcller,1\nP2,M,\xe9,1\nP3,M,x\xffy,1\n', 'latin1'),
    ]);
    const landing = await site.landed({ 'patients.csv': bad });
    expect(landing.source.find(({ file }) => file === 'patients.csv')).toMatchObject({ leftOut: [], damagedFields: 3 });
    const scattered = [0xc0, 0xff, 0x81, 0xfe].flatMap((byte) => [
      ...Buffer.from('P,M,'),
      byte,
      byte,
      0x80,
      ...Buffer.from(',1\n'),
    ]);
    expect(
      (await site.landed({ 'patients.csv': Buffer.concat([Buffer.from(`${header}\n`), Buffer.from(scattered)]) }))
        .source[0],
    ).toMatchObject({ damagedFields: 4 });
  });

  it('is suggested when too few lines prove it; their fields are marked', async () => {
    const content = Buffer.from(`${header}\nP1,M,M\xfcller,1\nP2,M,Olsen,1\n`, 'latin1');
    const landing = await site.landed({ 'patients.csv': content });
    expect(landing.remarks).toEqual([
      {
        file: 'patients.csv',
        isWarning: true,
        sentence: expect.stringMatching(
          /has letters that are not UTF-8 in 1 line,.* set CSV_ENCODING=windows-1252/,
        ) as string,
      },
    ]);
    expect(await site.patients({ 'patients.csv': content })).toContainEqual(['P1', 'M', mark, '1']);
  });

  it('leaves no copy of itself behind, even when refused', async () => {
    const copies = async (): Promise<string[]> =>
      (await readdir(tmpdir())).filter((name) => name.startsWith('redox-reconcile-')).sort();
    const before = await copies();
    await site.landed({ 'patients.csv': utf16(text) }, { encoding: 'utf-16' });
    await site.refusal({ 'patients.csv': gzipSync(text).subarray(0, 60) });
    expect(await copies()).toEqual(before);
  });
});

describe('a file in another dialect', () => {
  const parted = (sign: string): string => text.replaceAll(',', sign);
  const quoted = rows.map((row) => row.map((field) => `"${field}"`).join(',')).join('\n');

  it.each([
    ['semicolons', parted(';')],
    ['tabs', parted('\t')],
    ['pipes', parted('|')],
    ['a line sep=;', `sep=;\n${parted(';')}`],
    ['a line sep=,', `sep=,\r\n${text.replaceAll('\n', '\r\n')}`],
    ['carriage returns alone', text.replaceAll('\n', '\r')],
    ['two carriage returns before each line feed', text.replaceAll('\n', '\r\r\n')],
    ['a title above its header', `Patients of the clinic, page 1\n\n${text}`],
    ['a title as wide as a table', `Patients of the clinic,,,\n${text}`],
    ['a comma behind every row', text.replaceAll(/(\d)\n/g, '$1,\n')],
    ['a comma behind its header alone', text.replace('zip\n', 'zip,\n')],
    ['Excel’s formulas for texts', text.replaceAll(/^(P\d+),(M\d)/gm, '="$1",="$2"')],
    ['quotes around everything', `${header}\n${quoted}\n`],
    ['the end mark of DOS', `${text}\x1a`],
    ['a packing', gzipSync(text)],
    [
      'a packing in pieces, of UTF-8 with a mark',
      Buffer.concat([gzipSync(`\ufeff${text.slice(0, 90)}`), gzipSync(text.slice(90))]),
    ],
  ])('with %s gives its rows without a setting or a finding', async (_, content) => {
    expect(await site.patients({ 'patients.csv': content })).toEqual(rows);
    const landing = await site.landed({ 'patients.csv': content });
    expect([landing.findingCount, landing.source.map(({ lines }) => lines)]).toEqual([0, [6, 1]]);
  });

  it('names the contradiction with CSV_DELIMITER, and reads what agrees', async () => {
    const files = {
      'patients.csv': parted(';'),
      'encounters.csv': 'encounter_id;patient_id;status\nE1;P001;finished\n',
    };
    expect(await site.patients(files, { delimiter: ';' })).toEqual(rows);
    expect(await site.refusal(files, { delimiter: '|' })).toMatch(
      /patients\.csv is separated by semicolon, but CSV_DELIMITER is pipe; set CSV_DELIMITER=semicolon, or remove it/,
    );
    expect(await site.refusal({ 'patients.csv': `sep=;\n${parted(';')}` }, { delimiter: ',' })).toContain(
      'separated by semicolon',
    );
  });

  it.each([
    [
      'with one field more in every row',
      text.replaceAll(/(\d)\n/g, '$1,x\n'),
      /patients\.csv has 4 names in its header, but 5 fields in every row/,
    ],
    [
      'with one field less in every row',
      text.replaceAll(',53703\n', '\n'),
      /has 4 names in its header, but 3 fields in every row/,
    ],
    [
      'parted by another sign',
      text.replaceAll(',', '^'),
      /patients\.csv is separated by "\^", an unsupported delimiter; export it with commas/,
    ],
    ['that Excel says is parted by another sign', `sep=^\n${text}`, /has sep=\^, an unsupported delimiter/],
    [
      'that is a workbook',
      Buffer.from('PK\x03\x04 and so on'),
      /patients\.csv is a ZIP archive or a workbook; export it as CSV/,
    ],
    ['whose packing is cut off', gzipSync(text).subarray(0, 60), /patients\.csv is packed, but cut off or damaged/],
    ['that is empty', '', /patients\.csv is empty; a file without rows still has its header line/],
    ['of zero bytes', '\0'.repeat(9000), /patients\.csv holds nothing but zero bytes/],
    [
      'sorted, so that its header is not on top',
      `${text.split('\n').slice(1).join('\n')}${header}\n`,
      /has its header in line 7, with rows above it/,
    ],
  ])('%s is refused with what was seen and what to do', async (_, content, sentence) => {
    const refusal = await site.refusal({ 'patients.csv': content });
    expect(refusal).toMatch(sentence);
    expect(refusal).not.toContain('Olsen');
  });

  it('loses only the rows with a value behind the last name', async () => {
    const landing = await site.landed({ 'patients.csv': `${header}\n${'P,M,x,1,\n'.repeat(60)}P,M,x,1,2\n` });
    expect(landing.source[0]).toMatchObject({
      lines: 61,
      leftOut: [{ reason: 'too_many_fields', count: 1, firstLines: [62] }],
    });
  });

  it('loses only the lines that an export writes behind the rows', async () => {
    const landing = await site.landed({
      'patients.csv': `${header}\n\n(0 rows affected)\n\nCompletion time: 2026-03-01\n`,
    });
    expect(landing.source[0]).toMatchObject({
      lines: 2,
      leftOut: [{ reason: 'no_record', count: 2, firstLines: [3, 5] }],
    });
  });

  it("is read with MySQL's backslashes under CSV_ESCAPE, which is else suggested", async () => {
    const lines = [
      '"P1","M\\\\1","Bert \\"Bertie\\"",\\N',
      '"P2","\\N","two\\\nlines","1\\t2"',
      'P3,M\\,3,x\\\ny,',
      '"P4","M""4","ends with \\\\","1"',
    ];
    const content = `${header}\n${lines.join('\n')}\n`;
    expect(await site.patients({ 'patients.csv': content }, { escape: 'backslash' })).toEqual([
      ['P1', 'M\\1', 'Bert "Bertie"', null],
      ['P2', null, 'two\nlines', '1\t2'],
      ['P3', 'M,3', 'x\ny', null],
      ['P4', 'M"4', 'ends with \\', '1'],
    ]);
    const landing = await site.landed({ 'patients.csv': content });
    expect(landing.remarks).toContainEqual({
      file: 'patients.csv',
      isWarning: true,
      sentence:
        'patients.csv has backslashes before quotes, as MySQL writes them; set CSV_ESCAPE=backslash, and its lines can be read.',
    });
  });

  it('loses only the line with backslashes and a stray quote', async () => {
    const content = `${header}\nP1,M,"never closed,1\n${'P2,M,"x\\"y",1\n'.repeat(400)}P3,M,5" tube,1\n`;
    const landing = await site.landed({ 'patients.csv': content }, { escape: 'backslash' });
    expect(landing.source[0]).toMatchObject({
      lines: 402,
      leftOut: [{ reason: 'stray_quote', count: 2, firstLines: [2, 403] }],
    });
  });
});

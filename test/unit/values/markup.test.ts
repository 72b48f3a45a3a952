import { describe, expect, test } from 'vitest';
import { readPlainText } from '../../../src/values/markup/plain-text.ts';

const leftOut = { value: undefined, problems: ['markup'] };
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('plain text', () => {
  test.each([
    'BP <120 and pulse >80',
    'HR < 60, RR > 12; if x<y and c>d',
    '<5 mg',
    'see <b> in the drawing',
    'a & b &amp; c',
    '{a: 1}',
    'line one\nline two\n\n\nline five',
    '<john@example.org> wrote',
    'Pneumonoultramicroscopicsilicovolcanoconiosis',
    'Methylprednisolone',
    '5f4dcc3b5aa765d61d8327deb882cf99',
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  ])('stays as it is: %j', (text) => {
    expect(readPlainText(text)).toEqual({ value: text, problems: [] });
  });
});

describe('HTML', () => {
  test.each([
    ['<html><body><p>Patient is <b>well</b> &amp; happy</p></body></html>', 'Patient is well & happy'],
    ['<p>5<b>00</b> mg</p>', '500 mg'],
    ['<p>one</p><p>two</p>', 'one\n\ntwo'],
    ['one<br>two<br/>three', 'one\ntwo\nthree'],
    ['<ul><li>aspirin</li><li>5 mg</li></ul>', '- aspirin\n\n- 5 mg'],
    ['<table><tr><td>2</td><td>5 mg</td></tr></table>', '2 5 mg'],
    ['<p>BP <120</p>', 'BP <120'],
    ['<!DOCTYPE html><style>p {color: red}</style><p>well</p>', 'well'],
    ['<DIV STYLE="color: red">caf&eacute;&nbsp;au lait</DIV>', 'café au lait'],
  ])('%s is its text', (html, text) => {
    expect(readPlainText(html)).toEqual({ value: text, problems: [] });
  });

  test.each([
    ['raised digits', '<p>10<sup>9</sup>/l</p>'],
    ['struck words', '<p><s>aspirin</s> stopped</p>'],
    ['hidden words', '<p style="display: none">no</p><p>yes</p>'],
    ['a picture', '<p>see <img src="x.png"></p>'],
    ['a script', '<script>x</script><p>well</p>'],
    ['an element that is not known', '<p>well</p><foo>2</foo>'],
  ])('with %s is left out', (_, html) => {
    expect(readPlainText(html)).toEqual(leftOut);
  });
});

describe('RTF', () => {
  test.each([
    [String.raw`{\rtf1\ansi\deff0 {\fonttbl {\f0 Times;}}\f0\fs24 Patient is \b well\b0 .\par}`, 'Patient is well.'],
    [String.raw`{\rtf1\ansi Take 2\line 5 mg\par Caf\'e9 \u8220?x\u8221? \{a\}\par}`, 'Take 2\n5 mg\nCafé “x” {a}'],
    [String.raw`{\rtf1\ansi{\*\generator Word 5;}{\info{\title T}}{\b 5}00 mg}`, '500 mg'],
    [String.raw`{\rtf1\ansi\trowd\cellx100 2\cell 5 mg\cell\row}`, '2 5 mg'],
    [String.raw`{\rtf1\ansi\ansicpg1251 \'cf\'e0}`, 'Па'],
  ])('%s is its text', (rtf, text) => {
    expect(readPlainText(rtf)).toEqual({ value: text, problems: [] });
  });

  test.each([
    ['struck words', String.raw`{\rtf1 {\strike aspirin} stopped}`],
    ['raised digits', String.raw`{\rtf1 10{\super 9}/l}`],
    ['a picture', String.raw`{\rtf1 {\pict 0102}}`],
    ['an end that is missing', String.raw`{\rtf1 {\b well}`],
    ['a code page that is not known', String.raw`{\rtf1\ansicpg9 well}`],
  ])('with %s is left out', (_, rtf) => {
    expect(readPlainText(rtf)).toEqual(leftOut);
  });
});

describe('base64', () => {
  test.each([
    base64(String.raw`{\rtf1\ansi Patient is well}`),
    base64('Patient is well and happy today'),
    base64('%PDF-1.7 \u00ff\u00fe\u00fd binary'),
    base64('x'.repeat(300)).replace(/(.{76})/g, '$1\r\n'),
    `data:text/plain;base64,${base64('Patient is well and happy')}`,
  ])('is left out: %s', (text) => {
    expect(readPlainText(text)).toEqual(leftOut);
  });
});

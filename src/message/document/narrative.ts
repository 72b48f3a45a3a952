import { writable } from '../../values/markup/xml-text.ts';

/**
 * Builds the text of a section: well-formed markup in the subset of CDA's narrative block that Redox's samples use
 * (`table`, `thead`, `tbody`, `tr`, `th`, `td`, `paragraph`, `caption`, `br`; CDA R2, 4.3.5). It is a bare fragment of
 * elements and text, without declaration or namespace.
 */
export type Markup = string;

/**
 * A table of rows under headers. Columns that are empty in every row are left out; a table without columns is
 * undefined.
 */
export const table = (headers: readonly string[], rows: readonly (readonly string[])[]): Markup | undefined => {
  const filled = headers.map((_, index) => rows.some((row) => (row[index] ?? '') !== ''));
  if (!filled.includes(true)) return undefined;
  let body = '';
  for (const row of rows) body += line(row, 'td', filled);
  return element('table', element('thead', line(headers, 'th', filled)) + element('tbody', body));
};

const line = (cells: readonly string[], cell: 'th' | 'td', filled: readonly boolean[]): Markup => {
  let content = '';
  for (let index = 0; index < cells.length; index += 1) {
    if (filled[index] === true) content += element(cell, lines(cells[index] ?? ''));
  }
  return element('tr', content);
};

/** A text under a caption; empty if both are empty. */
export const paragraph = (text: string, caption: string): Markup =>
  text === '' && caption === ''
    ? ''
    : element('paragraph', (caption === '' ? '' : element('caption', lines(caption))) + lines(text));

type ElementName = 'table' | 'thead' | 'tbody' | 'tr' | 'th' | 'td' | 'paragraph' | 'caption';

const element = (name: ElementName, content: Markup): Markup => `<${name}>${content}</${name}>`;

/** Line breaks of the text become `<br/>`, because markup ignores white space. */
const lines = (text: string): Markup =>
  /[\r\n]/.test(text)
    ? text
        .split(/\r\n?|\n/)
        .map(escaped)
        .join('<br/>')
    : escaped(text);

/** Rows are already clean; this second check keeps one character that XML forbids from spoiling the whole document. */
const escaped = (text: string): Markup => {
  const clean = writable(text);
  return /[&<>"']/.test(clean) ? clean.replace(/[&<>"']/g, (character) => escapes[character] ?? character) : clean;
};

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

import { Parser } from 'htmlparser2';
import { tidied } from './tidied.ts';

/** Elements that begin a new line. */
const blocks = new Set(
  'address article aside blockquote body br caption center dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section table tbody tfoot thead title tr ul'.split(
    ' ',
  ),
);

/** Elements that only affect the appearance of letters. */
const inline = new Set(
  'a abbr acronym b big code em font i kbd label mark meta link col colgroup samp small span strong td th tt u var wbr o:p'.split(
    ' ',
  ),
);

/** Elements without visible text. */
const unread = new Set(['head', 'style']);

const names = [...blocks, ...inline, ...unread, 'img', 'sup', 'sub', 's', 'del', 'strike', 'script'].join('|');
const attributes = String.raw`(?:\s+[\w:.-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>=]+))?)*\s*`;
const closing = new RegExp(`</(?:${names})\\s*>|<(?:br|hr)${attributes}/?>`, 'i');
const opening = new RegExp(`<(?:${names})${attributes}/?>|<!doctype html`, 'i');

/** True for an opening and a closing tag, or a tag that is both. `BP <120`, `a<b and c>d` and `<5 mg` are plain text. */
export const isHtml = (text: string): boolean =>
  text.includes('<') && ((closing.test(text) && opening.test(text)) || /^\s*<!doctype html/i.test(text));

/** Styles that hide an element or strike it out. */
const isHidden = /\bdisplay\s*:\s*none|\bvisibility\s*:\s*hidden|line-through/i;

/**
 * The visible text; undefined if it is uncertain, because of text that is struck out, hidden, raised or lowered (10²
 * is not 102), an image, or an unknown element.
 */
export const textOfHtml = (html: string): string | undefined => {
  const doubts: string[] = [];
  let text = '';
  let unreadDepth = 0;
  const parser = new Parser(
    {
      onopentag: (name, { style = '', hidden }) => {
        if (unread.has(name)) unreadDepth += 1;
        else if (unreadDepth > 0) return;
        else if (!blocks.has(name) && !inline.has(name)) doubts.push(name);
        if (isHidden.test(style) || hidden !== undefined) doubts.push(name);
        if (blocks.has(name)) text += '\n';
        if (name === 'td' || name === 'th') text += ' ';
        if (name === 'li') text += '- ';
      },
      ontext: (chunk) => {
        // The line breaks of the source are blanks.
        if (unreadDepth === 0) text += chunk.replace(/\s+/g, ' ');
      },
      onclosetag: (name) => {
        if (unread.has(name)) unreadDepth -= 1;
        else if (name !== 'br' && blocks.has(name)) text += '\n';
        else if (name === 'td' || name === 'th') text += ' ';
      },
    },
    { decodeEntities: true },
  );
  parser.end(html);
  return doubts.length === 0 ? tidied(text) : undefined;
};

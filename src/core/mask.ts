/**
 * What Redox says about a message may quote it. Before such a text is kept, everything in it that stands in our message
 * is covered, whatever its spelling.
 *
 *   value    a whole string or number of the message: covered wherever its letters and digits occur in this order, whatever
 *            stands between them, backwards too; up to three ASCII characters only as a word of its own, or "en" would blot out
 *            "Patient"
 *   word     a part of such a string, as a word of its own; not the few words of which error messages are made, nor names
 *            of fields: they say nothing about a patient, and without them the text says nothing at all
 *   piece    any five letters and digits in a row of such a string, forwards or backwards: a value that was cut off, or turned
 *            round, has no whole word any more. In the words of error messages and names of fields nothing is taken for a piece
 *   packed   a run that is base64, hexadecimal or a list of bytes of a text in which something would be covered: covered as a
 *            whole
 *
 * Only `Meta.DataModel` and `Meta.EventType` are not covered, nor of an Organization message `Directory` and `Action`, which
 * say no more. That too much is covered does no harm.
 *
 * The time it takes grows with the message as reading it does: of a message only what occurs in the few thousand characters of
 * the text is ever looked for (`echo.ts`).
 */

import { covered as coveredIn, type Echo, echoOf } from './echo.ts';
import type { JsonObject } from './json.ts';
import { packedRuns } from './packed-text.ts';
import { plain } from './spelling.ts';
import { wordingOf } from './wording.ts';

/** So much of a text is looked at, and so much of it kept. */
const readChars = 4_000;
const keptChars = 500;

export function maskText(text: string, message: JsonObject): string {
  const readable = readableHead(text);
  const outer = echoOf(readable);
  const runs = packedRuns(readable).map(({ texts, ...place }) => ({ ...place, echoes: texts.map(echoOf) }));
  const echoes: readonly Echo[] = [outer, ...runs.flatMap((run) => run.echoes)];
  const wording = wordingOf(message, echoes);
  const covered = coveredIn(outer, wording);
  for (const { start, end, echoes: inner } of runs) {
    if (inner.some((echo) => coveredIn(echo, wording).includes(1))) covered.fill(1, start, end);
  }
  return rendered(readable, covered).trim().slice(0, keptChars).toWellFormed();
}

/** Cut where a value ends: half a word, half a date or half an escape would not be recognised. */
function readableHead(text: string): string {
  const head = plain(text.slice(0, 2 * readChars));
  const isWhole = text.length <= 2 * readChars && head.length <= readChars;
  return isWhole ? head : head.slice(0, readChars).replace(/[^\s",;<>]+$/, '');
}

function rendered(text: string, covered: Uint8Array): string {
  let shown = '';
  for (let at = 0; at < text.length; at += 1) {
    if (covered[at] !== 1) shown += text[at] ?? '';
    else if (covered[at - 1] !== 1) shown += '***';
  }
  return shown;
}

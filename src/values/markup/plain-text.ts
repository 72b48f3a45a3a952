/**
 * Free text as plain text. The contract asks for plain text, and notes come as RTF, HTML and base64 all the same; a reader would see
 * their source.
 */
import { leftOut, read, type Reading } from '../reading.ts';
import { isBase64 } from './base64.ts';
import { isHtml, textOfHtml } from './html.ts';
import { isRtf, textOfRtf } from './rtf.ts';

/** Converted where the text is certain; else left out, as `markup`. What only looks like markup (`BP <120`) stays as it is. */
export const readPlainText = (text: string): Reading<string> => {
  if (isRtf(text)) return converted(textOfRtf(text));
  if (isHtml(text)) return converted(textOfHtml(text));
  return isBase64(text) ? leftOut('markup') : read(text);
};

const converted = (text: string | undefined): Reading<string> => (text === undefined ? leftOut('markup') : read(text));

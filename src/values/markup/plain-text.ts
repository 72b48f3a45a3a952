/**
 * Converts RTF, HTML and base64 to plain text. The contract requires plain text, but notes arrive in these formats, and
 * a recipient would see their source.
 */
import { leftOut, read, type Reading } from '../reading.ts';
import { isBase64 } from './base64.ts';
import { isHtml, textOfHtml } from './html.ts';
import { isRtf, textOfRtf } from './rtf.ts';

/**
 * A text is converted where the result is certain, and otherwise left out as `markup`. Text that only resembles markup
 * (`BP <120`) stays as it is.
 */
export const readPlainText = (text: string): Reading<string> => {
  if (isRtf(text)) return converted(textOfRtf(text));
  if (isHtml(text)) return converted(textOfHtml(text));
  return isBase64(text) ? leftOut('markup') : read(text);
};

const converted = (text: string | undefined): Reading<string> => (text === undefined ? leftOut('markup') : read(text));

import type { JsonValue } from '../../json.ts';

const textual = /^\s*(?:text\/|application\/(?:xhtml\+xml|rtf))/i;
const charsetOf = (contentType: string): string => /charset\s*=\s*"?([\w-]+)/i.exec(contentType)?.[1] ?? 'utf-8';

/** Elements of a resource, to be rewritten. */
export type Elements = Record<string, JsonValue>;

/**
 * Gives an attachment its text as `landed_text` and takes its bytes away, which would make a line of megabytes. Its address loses the
 * query, where a signature changes every night.
 */
export function unpackAttachment(attachment: Elements): void {
  const { contentType, data, url } = attachment;
  if (typeof contentType !== 'string') return;
  delete attachment['data'];
  if (typeof url === 'string') attachment['url'] = url.replace(/[?#].*$/s, '');
  if (typeof data === 'string' && textual.test(contentType)) {
    attachment['landed_text'] = decoded(data, charsetOf(contentType));
  }
}

/** Null: nothing that Postgres could store. */
function decoded(base64: string, charset: string): string | null {
  try {
    return new TextDecoder(charset).decode(Buffer.from(base64, 'base64')).replaceAll('\0', '\ufffd');
  } catch {
    return null;
  }
}

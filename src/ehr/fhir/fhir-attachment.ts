import type { JsonObject, JsonValue } from '../../json.ts';

const textual = /^\s*(?:text\/|application\/(?:xhtml\+xml|rtf))/i;
const charsetOf = (contentType: string): string => /charset\s*=\s*"?([\w-]+)/i.exec(contentType)?.[1] ?? 'utf-8';

/**
 * An attachment with its text as `landed_text` and without its bytes, which would make a line of megabytes. Its address loses the query,
 * where a signature changes every night. Any other object stays as it is.
 */
export function withoutAttachments(given: JsonObject): JsonObject {
  const { contentType, data, url } = given;
  if (typeof contentType !== 'string') return given;
  const attachment: Record<string, JsonValue> = { ...given };
  delete attachment['data'];
  if (typeof url === 'string') attachment['url'] = url.replace(/[?#].*$/s, '');
  if (typeof data === 'string' && textual.test(contentType)) {
    attachment['landed_text'] = decoded(data, charsetOf(contentType));
  }
  return attachment;
}

/** Null: nothing that Postgres could store. */
function decoded(base64: string, charset: string): string | null {
  try {
    return new TextDecoder(charset).decode(Buffer.from(base64, 'base64')).replaceAll('\0', '\ufffd');
  } catch {
    return null;
  }
}

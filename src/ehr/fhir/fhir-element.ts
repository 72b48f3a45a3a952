/** Elements of a resource as they land: references in one form (`Type/id`), attachments as texts, and `meta` without its versions. */
import { type JsonValue, isObject, type JsonObject } from '../../json.ts';

/** A reference as it is stored. */
interface NormalReference {
  readonly text: string;
  /** The text is a key that only the other resources of the export can resolve: `urn:uuid:…` or `Type?identifier=…`. */
  readonly isOpen: boolean;
  /** Of an absolute reference, the server. */
  readonly origin: string | null;
  /** Of what it refers to, as far as it says. */
  readonly type: string;
}

/** `Type/id`, also behind the base of a server, also of one version of the resource. */
const literal = /^([a-z][a-z0-9+.-]*:\/\/[^\s?#]+\/)?([A-Z][A-Za-z]+)\/([^\s/?#|]+)(?:\/_history\/[^\s/?#]+)?$/;
const urn = /^urn:(?:uuid|oid):\S+$/i;
/** https://hl7.org/fhir/R4/http.html#trules (conditional references). */
const conditional = /^(?:[a-z][a-z0-9+.-]*:\/\/[^\s?#]+\/)?([A-Z][A-Za-z]+)\?identifier=([^&]+)$/;

/** Any other reference, such as `#contained`, stays as it is. */
export function normalReference(given: string): NormalReference {
  const reference = given.trim();
  const [, base, type, id] = literal.exec(reference) ?? [];
  if (type !== undefined && id !== undefined) {
    return { text: `${type}/${id}`, isOpen: false, origin: base === undefined ? null : originOf(base), type };
  }
  const nowhere = { origin: null, type: '' };
  if (urn.test(reference)) return { text: reference.toLowerCase(), isOpen: true, ...nowhere };
  const [, target, identifier] = conditional.exec(reference) ?? [];
  if (target === undefined || identifier === undefined) return { text: reference, isOpen: false, ...nowhere };
  return { text: `${target}?identifier=${decodedUri(identifier)}`, isOpen: true, ...nowhere };
}

const originOf = (base: string): string | null => /^[^/]+:\/\/[^/]+/.exec(base)?.[0] ?? null;

/** The id behind `Type/`; null where the reference is of another type, or has none. */
export const referencedId = (reference: string, type: string): string | null =>
  reference.startsWith(`${type}/`) ? reference.slice(type.length + 1) : null;

export function decodedUri(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

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

interface LandedMeta {
  /** `meta` with what it says of the content: everything else changes without it. */
  readonly kept: JsonObject;
  readonly updatedAt: string | null;
  readonly isSubset: boolean;
}

export function landedMeta(meta: JsonValue | undefined): LandedMeta {
  if (!isObject(meta)) return { kept: {}, updatedAt: null, isSubset: false };
  const { security, tag, lastUpdated } = meta;
  const said = { ...(security === undefined ? {} : { security }), ...(tag === undefined ? {} : { tag }) };
  return {
    kept: Object.keys(said).length === 0 ? {} : { meta: said },
    updatedAt: typeof lastUpdated === 'string' ? lastUpdated : null,
    isSubset: Array.isArray(tag) && tag.some((one: JsonValue) => isObject(one) && one['code'] === 'SUBSETTED'),
  };
}

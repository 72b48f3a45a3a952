/** Brings references to one form, `Type/id`. */

/** A reference as it is stored. */
export interface NormalReference {
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
  return { text: `${target}?identifier=${decoded(identifier)}`, isOpen: true, ...nowhere };
}

const originOf = (base: string): string | null => /^[^/]+:\/\/[^/]+/.exec(base)?.[0] ?? null;

/** The id behind `Type/`; null where the reference is of another type, or has none. */
export const referencedId = (reference: string, type: string): string | null =>
  reference.startsWith(`${type}/`) ? reference.slice(type.length + 1) : null;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

import { isObject, type JsonObject, type JsonValue } from '../json.ts';

/** The wanted words that a message contains. A name is any value of at most three words. */
interface MessageWords {
  /** Whole words of names, and whole names. */
  readonly inNames: ReadonlySet<string>;
  /** Words of any value; of four letters and more also those inside a name. */
  readonly anywhere: ReadonlySet<string>;
  /** The beginnings and ends of names and their words. */
  readonly atEdges: ReadonlySet<string>;
}

const mostWordsOfName = 3;
/** Shorter words occur inside too many names. */
const leastInside = 4;

/** One walk through the message. `wanted`: a few hundred words at most, in small letters without accents. */
export function messageWords(message: JsonObject, wanted: ReadonlySet<string>): MessageWords {
  const [inNames, anywhere, atEdges] = [new Set<string>(), new Set<string>(), new Set<string>()];

  const addName = (words: readonly string[]): void => {
    const forwards = [...words, words.join('')];
    const spellings = [...forwards, ...forwards.map(backwards)];
    for (const spelling of spellings) if (wanted.has(spelling)) inNames.add(spelling);
    for (const word of wanted) {
      if (spellings.some((spelling) => spelling.startsWith(word) || spelling.endsWith(word))) atEdges.add(word);
      if (word.length >= leastInside && spellings.some((spelling) => spelling.includes(word))) anywhere.add(word);
    }
  };

  for (const value of valuesOf(valuesAboutPatient(message))) {
    const words = folded(String(value)).match(/[a-z]+|\d+/g) ?? [];
    // A single digit occurs in every number.
    for (const word of words) if (wanted.has(word) && !/^\d$/.test(word)) anywhere.add(word);
    if (words.length > 0 && words.length <= mostWordsOfName) addName(words);
  }
  return { inNames, anywhere: new Set([...anywhere, ...inNames]), atEdges };
}

/** Omits the event, because every error names it, and Organization messages, because they have no patient. */
function valuesAboutPatient({ Meta: meta = null, ...rest }: JsonObject): JsonObject {
  if (!isObject(meta)) return { ...rest, meta };
  return meta['DataModel'] === 'Organization' ? {} : { ...rest, meta: { ...meta, DataModel: null, EventType: null } };
}

function* valuesOf(value: JsonValue): Generator<string | number> {
  if (typeof value === 'string' || typeof value === 'number') yield value;
  else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) yield* valuesOf(item);
}

const folded = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]+/gu, '')
    .toLowerCase();

const backwards = (word: string): string => word.split('').reverse().join('');

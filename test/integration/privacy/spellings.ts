import { echoSpellings, spelled } from '../../echo-spelling.ts';

/** The ways in which a value may be written that somebody would still read as that value. */

export function spellingsOf(value: string): string[] {
  const trimmed = value.trim();
  const bytes = Buffer.from(value);
  const digits = value.replace(/\D/g, '');
  return [
    value,
    trimmed,
    value.normalize('NFD'),
    reversed(trimmed),
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    asciiOnly(value),
    entities(value),
    bytes.toString('hex'),
    [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
    [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''),
    [...bytes].join(', '),
    [...bytes].join(','),
    bytes.toString('latin1'),
    ...base64Of(bytes),
    ...(digits.length >= 7 ? [digits] : []),
    ...dateSpellings(value),
  ];
}

/** The ways in which the stand-in repeats a value; what is short once it was cut, stands in other things too. */
export const echoesOf = (value: string): string[] =>
  echoSpellings.map((spelling) => spelled(value, spelling)).filter((echo) => echo.length >= 9);

/** Packed spellings mean something else in other letters; all others are looked for in any. */
const isCaseless = (spelling: string): boolean => !/^[A-Za-z\d+/_-]{11,}$/.test(spelling);

const reversed = (text: string): string => Array.from(text).reverse().join('');

const asciiOnly = (text: string): string =>
  text.replaceAll(/[^\p{ASCII}]/gu, (letter) => `\\u${(letter.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);

const entities = (text: string): string =>
  text.replaceAll(/[^\p{ASCII}]/gu, (letter) => `&#${letter.codePointAt(0) ?? 0};`);

/** Wherever it stands within what was packed: base64 has three ways to write the same bytes. */
function base64Of(bytes: Buffer): string[] {
  return [0, 1, 2].map((lead) => {
    const packed = Buffer.concat([Buffer.alloc(lead), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // The letters that neighbours share in are left out.
    return packed.slice(lead === 0 ? 0 : lead + 1, (lead + bytes.length) % 3 === 0 ? undefined : -1);
  });
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function dateSpellings(value: string): string[] {
  const found = /^(\d{4})-(\d{2})-(\d{2})/.exec(value);
  if (found === null) return [];
  const [, year = '', month = '', day = ''] = found;
  const [m, d] = [String(Number(month)), String(Number(day))];
  const name = months[Number(month) - 1] ?? '';
  return [
    `${year}-${month}-${day}`,
    `${year}${month}${day}`,
    `${month}/${day}/${year}`,
    `${m}/${d}/${year}`,
    `${day}.${month}.${year}`,
    `${name} ${d}, ${year}`,
    `${d} ${name} ${year}`,
    `${d}-${name}-${year}`,
  ];
}

/** Finds values in whatever spelling in texts; made once, for there are thousands of them. */
export class Hunt {
  readonly #spellings: readonly (readonly [spelling: string, place: string])[];
  readonly #beginnings: ReadonlyMap<string, readonly number[]>;
  /** Whether a spelling may begin with letters of this sum. */
  readonly #sums = new Uint8Array(1 << 22);

  constructor(secrets: ReadonlyMap<string, string>, spell = spellingsOf) {
    const all = new Map<string, string>();
    for (const [value, place] of secrets)
      for (const one of spell(value)) if (one.length >= shortest) all.set(one, place);
    this.#spellings = [...all];
    const beginnings = new Map<string, number[]>();
    for (const [index, [spelling]] of this.#spellings.entries()) {
      const beginning = spelling.toLowerCase().slice(0, shortest);
      const others = beginnings.get(beginning);
      if (others === undefined) beginnings.set(beginning, [index]);
      else others.push(index);
      this.#sums[sumAt(beginning, 0)] = 1;
    }
    this.#beginnings = beginnings;
  }

  get size(): number {
    return this.#spellings.length;
  }

  /** Whose values stand in the text: table and column, and how they are written. */
  in(text: string): string[] {
    const lowerCase = text.toLowerCase();
    return this.#begunIn(lowerCase)
      .filter(([spelling]) =>
        isCaseless(spelling)
          ? lowerCase.includes(spelling.toLowerCase())
          : text.includes(spelling) || lowerCase.includes(spelling),
      )
      .map(([spelling, place]) => `${place} as ${spelling}`);
  }

  /** Spellings whose first letters stand in the text: to look for every one of them takes minutes. */
  #begunIn(lowerCase: string): (readonly [spelling: string, place: string])[] {
    const begun = new Set<number>();
    for (let at = 0; at <= lowerCase.length - shortest; at += 1) {
      if (this.#sums[sumAt(lowerCase, at)] === 0) continue;
      for (const index of this.#beginnings.get(lowerCase.slice(at, at + shortest)) ?? []) begun.add(index);
    }
    return this.#spellings.filter((_, index) => begun.has(index));
  }
}

/** What is shorter stands in other things too. */
const shortest = 5;

const sumAt = (text: string, at: number): number => {
  let sum = 0;
  for (let index = at; index < at + shortest; index += 1) sum = (Math.imul(sum, 61) + text.charCodeAt(index)) | 0;
  return sum & ((1 << 22) - 1);
};

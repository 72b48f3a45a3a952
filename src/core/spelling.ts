/** The ways in which one and the same value may be written: what masking must recognise. Errs on the side of too many. */

/**
 * The text with escapes undone (JSON, URL, HTML, e-mail; also one within the other), letters in fancy dress made plain letters,
 * invisible characters taken out and control characters made blanks.
 */
export function plain(text: string): string {
  let before = text;
  // An escape can hide another; more than three deep nobody nests them by accident.
  for (let depth = 0; depth < 4; depth += 1) {
    const after = /[\\%&=]/.test(before) ? unescaped(before) : before;
    if (after === before) break;
    before = after;
  }
  return before
    .normalize('NFKC')
    .replace(/\p{Cf}+/gu, '')
    .replace(/[\p{C}\s]+/gu, ' ');
}

function unescaped(text: string): string {
  return (
    text
      .replace(/\\(?:u\{([0-9a-f]{1,6})\}|U([0-9a-f]{8}))/g, (escape, braced?: string, long?: string) =>
        characterOf(Number.parseInt(braced ?? long ?? '', 16), escape),
      )
      .replace(/(?:\\u|%u)([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replace(/(?:\\x[0-9a-f]{2})+/gi, (escaped) => bytesDecoded(escaped.replace(/\\x/gi, '%')))
      .replace(/(?:\\[0-3][0-7]{2})+/g, (escaped) => bytesDecoded(escaped.replace(/\\(...)/g, octalAsPercent)))
      // One alone is more likely a value behind its name: "mrn=12345".
      .replace(/(?:=[0-9A-F]{2}){2,}/g, (escaped) => bytesDecoded(escaped.replace(/=/g, '%')))
      .replace(/\\([bfnrt])/g, ' ')
      .replace(/\\(["'\\/])/g, '$1')
      .replace(/(?:%[0-9a-f]{2})+/gi, bytesDecoded)
      .replace(/&#(?:x([0-9a-f]{1,6})|(\d{1,7}));?/gi, (entity, hex: string | undefined, decimal: string | undefined) =>
        characterOf(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16), entity),
      )
      .replace(/&(amp|lt|gt|quot|apos|nbsp|szlig|aelig);/gi, (_, name: string) => entities[name.toLowerCase()] ?? ' ')
      .replace(/&([a-z])(?:acute|grave|circ|uml|tilde|ring|cedil|caron|slash);/gi, '$1')
  );
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  szlig: 'ß',
  aelig: 'æ',
};

const octalAsPercent = (_: string, octal: string): string =>
  `%${Number.parseInt(octal, 8).toString(16).padStart(2, '0')}`;

function bytesDecoded(escaped: string): string {
  try {
    return decodeURIComponent(escaped);
  } catch {
    return escaped.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
}

const characterOf = (code: number, otherwise: string): string =>
  code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : otherwise;

/**
 * Without case and without accents: what is left are letters, digits and whatever stands between them. An accent on no letter goes
 * first, for one of them (the Greek iota below a letter) would become a letter when capitals are made.
 */
export function folded(text: string): string {
  const accented = text.normalize('NFKD').replace(/(?<!\p{L}\p{M}*)\p{M}+/gu, '');
  const bare = accented.toUpperCase().toLowerCase().normalize('NFKD');
  return bare.replace(/\p{M}+/gu, '').replace(/[ςøłđı]/g, (letter) => plainLetters[letter] ?? letter);
}

/** Letters that Unicode does not take apart, and the one whose small form depends on its neighbours. */
const plainLetters: Readonly<Record<string, string>> = { ς: 'σ', ø: 'o', ł: 'l', đ: 'd', ı: 'i' };

/** Only the letters and digits of a folded text, so that blanks and punctuation between them do not matter. */
export const squeezed = (foldedText: string): string => foldedText.replace(/[^\p{L}\p{N}]+/gu, '');

/** Other ways to write the value, folded and squeezed: dates, phone and social security numbers, broken accents. */
export function otherSpellings(value: string): string[] {
  const date = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2}):(\d{2})\S*)?$/.exec(value);
  if (date !== null) return [...dateSpellings(date), ...timeSpellings(date)];
  const digits = value.replace(/\D/g, '');
  if (/^[+\d][\d\s().-]+$/.test(value) && digits.length >= 9 && digits.length <= 15) return numberSpellings(digits);
  return /[^\p{ASCII}]/u.test(value) ? brokenSpellings(value) : [];
}

/** With and without the country's prefix; the local part; the last four, which people quote; the groups between. */
function numberSpellings(digits: string): string[] {
  return [digits.slice(-10), digits.slice(-7), digits.slice(-4), digits.slice(-10, -7), digits.slice(-7, -4)];
}

const months = 'january february march april may june july august september october november december'.split(' ');

function dateSpellings([, year = '', month = '', day = '']: readonly string[]): string[] {
  const name = months[Number(month) - 1] ?? '';
  const short = { month: String(Number(month)), day: String(Number(day)) };
  const ordinals = ['st', 'nd', 'rd', 'th'].map((suffix) => short.day + suffix);
  const monthsWritten = new Set([month, short.month, name, name.slice(0, 3)]);
  const days = new Set([day, short.day, ...ordinals]);
  const spellings = [year, name, ...ordinals, ...epochs(`${year}-${month}-${day}`)];
  for (const y of [year, year.slice(2)]) {
    for (const m of monthsWritten) for (const d of days) spellings.push(y + m + d, m + d + y, d + m + y);
  }
  return spellings;
}

function epochs(date: string): string[] {
  const ms = Date.parse(date);
  return Number.isNaN(ms) ? [] : [String(ms), String(ms / 1_000)].map((number) => number.replace('-', ''));
}

/** Midnight says nothing. */
function timeSpellings([, , , , hour, minute, second]: readonly (string | undefined)[]): string[] {
  if (hour === undefined || minute === undefined || second === undefined) return [];
  if (`${hour}${minute}${second}` === '000000') return [];
  const short = String(Number(hour));
  const twelve = String(Number(hour) % 12 === 0 ? 12 : Number(hour) % 12);
  const hours = [...new Set([hour, short, twelve, twelve.padStart(2, '0')])];
  return hours.flatMap((h) => [h + minute, h + minute + second]);
}

/** UTF-8 read as Latin-1, and what is left where somebody put a question mark for every accented letter. */
function brokenSpellings(value: string): string[] {
  const misread = String.fromCharCode(...new TextEncoder().encode(value.slice(0, 1_000)));
  return [squeezed(folded(misread)), ...value.split(/[^\p{ASCII}]+/u).map((rest) => squeezed(folded(rest)))].filter(
    (spelling) => spelling.length > 1,
  );
}

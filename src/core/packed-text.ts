/** Runs of a text in which another text may be packed: base64, hexadecimal, lists of bytes. Errs on the side of too many. */

interface PackedRun {
  readonly start: number;
  readonly end: number;
  /** What it may be the packing of; none of these is certain. */
  readonly texts: readonly string[];
}

export function packedRuns(text: string): PackedRun[] {
  return packings.flatMap(({ pattern, unpack }) =>
    [...text.matchAll(pattern)].map(({ 0: run, index }) => ({
      start: index,
      end: index + run.length,
      texts: [...new Set(unpack(run).flatMap(textsOf))].filter((inner) => /^(?:[^\p{C}\ufffd]|\s)+$/u.test(inner)),
    })),
  );
}

interface Packing {
  readonly pattern: RegExp;
  readonly unpack: (run: string) => Buffer[];
}

const packings: readonly Packing[] = [
  { pattern: /[\w+/-]{7,}={0,2}/g, unpack: lettersUnpacked },
  // A dump of bytes: `5A 6f c3`, `0x5a,0x6f`, `5a:6f`.
  { pattern: /(?:0x)?[\da-f]{2}(?:[\s,:;-]{1,3}(?:0x)?[\da-f]{2}){3,}/gi, unpack: (run) => [hexUnpacked(run)] },
  // An array of bytes or of code points: `[90, 111, 195, 171]`; in Java a byte has a sign.
  { pattern: /-?\d{1,5}(?:[\s,;]{1,3}-?\d{1,5}){3,}/g, unpack: numbersUnpacked },
];

/** What was cut off in front may have lost some letters of a group of four. */
function lettersUnpacked(run: string): Buffer[] {
  const asBase64 = [0, 1, 2, 3].map((cut) => Buffer.from(run.slice(cut), 'base64'));
  return /^(?:[\da-f]{2})+$/i.test(run) ? [...asBase64, Buffer.from(run, 'hex')] : asBase64;
}

const hexUnpacked = (run: string): Buffer => Buffer.from(run.replaceAll(/0x|[^\da-f]/gi, ''), 'hex');

function numbersUnpacked(run: string): Buffer[] {
  const numbers = run.match(/-?\d+/g)?.map(Number) ?? [];
  const asBytes = Buffer.from(numbers.map((number) => number & 0xff));
  const asCharacters = Buffer.from(String.fromCharCode(...numbers.map((number) => number & 0xffff)));
  return [asBytes, asCharacters];
}

/** Where it was cut off, its last letter may be half. Letters of two bytes have zeros between them. */
function textsOf(bytes: Buffer): string[] {
  const wide = bytes.subarray(0, bytes.length - (bytes.length % 2));
  const texts = bytes.includes(0) ? [wide.toString('utf16le'), Buffer.from(wide).swap16().toString('utf16le')] : [];
  return [bytes.toString('utf8').replace(/\ufffd+$/, ''), ...texts];
}

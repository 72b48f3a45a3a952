/** How a careless receiver spells what it repeats of a message. */
export const echoSpellings = [
  'plain',
  'upper',
  'base64',
  'hex',
  'html',
  'url',
  'json',
  'octal',
  'bytes',
  'reversed',
  'cut',
] as const;
type EchoSpelling = (typeof echoSpellings)[number];

export function spelled(text: string, spelling: EchoSpelling): string {
  const bytes = Buffer.from(text);
  switch (spelling) {
    case 'plain':
      return text;
    case 'upper':
      return text.toUpperCase();
    case 'base64':
    case 'hex':
      return bytes.toString(spelling);
    case 'html':
      return `<b>${text.replaceAll(/[^\w ]/g, (sign) => `&#${sign.charCodeAt(0)};`)}</b>`;
    case 'url':
      return encodeURIComponent(text);
    case 'json':
      return text.replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
    case 'octal':
      return [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
    case 'bytes':
      return `[${[...bytes].join(', ')}]`;
    case 'reversed':
      return Array.from(text).reverse().join('');
    case 'cut':
      return text.slice(0, Math.ceil(text.length * 0.7));
  }
}

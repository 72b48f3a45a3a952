/**
 * Converts the LF line ends of a CSV from Postgres to CR LF (RFC 4180), piece by piece. A line break within quotes is
 * part of a value and stays. Works on single bytes: in UTF-8, these bytes only ever stand for these characters.
 */
export function openLineEnds(): (piece: Buffer) => Buffer {
  let isQuoted = false;
  return (piece) => {
    const parts = piece.toString('latin1').split('"');
    const ended = parts.map((part, index) => (isQuoted === (index % 2 === 1) ? part.replaceAll('\n', '\r\n') : part));
    // A quote separates two parts; a doubled quote ends the value and reopens it at once.
    if (parts.length % 2 === 0) isQuoted = !isQuoted;
    return Buffer.from(ended.join('"'), 'latin1');
  };
}

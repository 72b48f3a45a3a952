/**
 * Ends the lines of a CSV that comes in pieces with CR LF, as RFC 4180 has it; Postgres ends them with LF. A line break within quotes is
 * part of a value and stays. Bytes are taken as characters: in UTF-8 none of these is part of another one.
 */
export function openLineEnds(): (piece: Buffer) => Buffer {
  let isQuoted = false;
  return (piece) => {
    const parts = piece.toString('latin1').split('"');
    const ended = parts.map((part, index) => (isQuoted === (index % 2 === 1) ? part.replaceAll('\n', '\r\n') : part));
    // Between two parts stands a quote; a doubled one ends the value and begins it again, with nothing between.
    if (parts.length % 2 === 0) isQuoted = !isQuoted;
    return Buffer.from(ended.join('"'), 'latin1');
  };
}

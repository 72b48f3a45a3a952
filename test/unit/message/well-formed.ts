/**
 * What keeps a text from being well-formed content of an XML element (XML 1.0, production `content`, without comments,
 * sections and instructions), or null. Written for the tests, from the standard and not from our markup.
 */
export const faultInMarkup = (text: string): string | null => {
  const open: string[] = [];
  let rest = text;
  while (rest !== '') {
    const [token = ''] = /^(?:[^<&]+|&(?:amp|lt|gt|quot|apos);|<\/?[A-Za-z]+\/?>)/.exec(rest) ?? [];
    if (token === '') return `what stands at ${text.length - rest.length} is neither text nor a tag`;
    if (/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.test(token))
      return 'a character that XML has not';
    if (token.includes(']]>')) return ']]> stands in text';
    if (token.startsWith('</') && open.pop() !== token.slice(2, -1)) return `${token} closes what is not open`;
    if (/^<[A-Za-z]+>$/.test(token)) open.push(token.slice(1, -1));
    rest = rest.slice(token.length);
  }
  return open.length === 0 ? null : `${open.join(', ')} left open`;
};

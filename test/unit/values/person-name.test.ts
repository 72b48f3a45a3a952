import { describe, expect, test } from 'vitest';
import { mendedName, nameDoubts } from '../../../src/values/person/person-name.ts';

describe('a name', () => {
  test.each([
    ['a blank that does not break', 'Bert\u00a0Ole', 'Bert Ole'],
    ['a zero-width blank', 'Olsen\u200b', 'Olsen'],
    ['a soft hyphen', 'Ol\u00adsen', 'Olsen'],
    ['a byte order mark', '\ufeffOlsen', 'Olsen'],
    ['marks of direction', '\u202aOlsen\u202c', 'Olsen'],
    ['a joiner between letters that do not join', 'Ol\u200dsen', 'Olsen'],
    ['letters in two parts', 'Nu\u0301n\u0303ez', 'Núñez'],
    ['full-width letters', 'Ａｎａ　Ｎｕñez', 'Ana Nuñez'],
    ['a typographic apostrophe', 'O\u2019Neil', "O'Neil"],
    ['a hyphen that does not break', 'Smith\u2011Jones', 'Smith-Jones'],
    ['a dash', 'Smith\u2013Jones', 'Smith-Jones'],
    ['an HTML entity', 'O&#39;Neil', "O'Neil"],
    ['an entity in an entity', 'N&amp;uacute;&amp;ntilde;ez', 'Núñez'],
    ['several blanks', 'Mary   Ann', 'Mary Ann'],
  ])('is mended where it has %s', (_, name, mended) => {
    expect(mendedName(name)).toBe(mended);
    expect(nameDoubts(mended)).toEqual([]);
  });

  test.each([
    'Núñez',
    "O'Neil",
    'Smith-Jones',
    'van der Berg',
    '李',
    'Çağla',
    'محمد',
    'علی\u200cرضا',
    'NÃºÃ±ez',
    'Oâ€™Neil',
    'AT&T',
    'A&#14;B',
  ])('stays as it is: %s', (name) => {
    expect(mendedName(name)).toBe(name);
  });

  test.each<[string, readonly string[]]>([
    ['mojibake', ['NÃºÃ±ez', 'Oâ€™Neil', 'GroÃŸ', 'N\ufffd\ufffdez', 'NÃ‘EZ', 'Ð\u0098Ð²Ð°Ð½']],
    ['digit_in_name', ['Smith 2', 'Olsen1', 'ZZ9']],
    ['comma_in_name', ['OLSEN, BERT']],
    ['title_in_name', ['Dr. Çağla', 'Mrs Dora', 'Núñez Jr.', 'Olsen III', 'Field, MD']],
    [
      'placeholder_name',
      [
        'UNKNOWN',
        'Unknown',
        'ZZTEST',
        'TEST',
        'BABY BOY',
        'Babygirl',
        'Baby Boy Smith',
        'FNU',
        'XXX',
        'ZZZ',
        'Test Patient',
        'No Name',
      ],
    ],
  ])('is doubted as %s', (doubt, names) => {
    for (const name of names) expect(nameDoubts(name), name).toContain(doubt);
  });

  test.each([
    'Null',
    'Testa',
    'Boyd',
    'Mistry',
    'Drake',
    'Missy',
    'JOÃO',
    'Åsa',
    'Ivanov',
    'Viii',
    'Babycz',
    'Zelda',
    'Prudence',
    'Âge',
  ])('is not doubted: %s', (name) => {
    expect(nameDoubts(name)).toEqual([]);
  });
});

/**
 * Replaces bytes of an extract that could not be read: bytes in another encoding, or zero bytes. It is a Unicode
 * noncharacter, reserved for internal use, so extracts never contain it. The mark passes through the site's own SQL and
 * shows which columns of the contract the damage reaches.
 */
export const damageMark = '\u{FDD0}';

export const isDamaged = (text: string): boolean => text.includes(damageMark);

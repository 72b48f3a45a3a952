/**
 * Replaces bytes of an extract that could not be read: bytes in another encoding, or zero bytes. It is a Unicode
 * noncharacter, reserved for internal use, so it cannot occur in an extract. The mark passes through the site's own SQL
 * into exactly the damaged columns of the contract.
 */
export const damageMark = '\u{FDD0}';

export const isDamaged = (text: string): boolean => text.includes(damageMark);

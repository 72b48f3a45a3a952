/**
 * Stands in a text for bytes of an extract that could not be read: bytes in another encoding, or zero bytes. A Unicode noncharacter,
 * reserved for use inside a program, so no extract contains it. The damaged text flows through the site's own SQL, so the damage is
 * found in whatever column of the contract it reaches, and nowhere else.
 */
export const damageMark = '\u{FDD0}';

export const isDamaged = (text: string): boolean => text.includes(damageMark);

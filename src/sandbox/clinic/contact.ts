import { Dice } from './dice.ts';
import { changedAt, identityOf, personIdOf } from './person.ts';
import type { Row, Setting } from './setting.ts';

/** The ways to reach a person, for `copy_person_contact`. */
export function contactRows(setting: Setting, number: number, changed = changedAt(setting, number)): Row[] {
  const dice = new Dice(setting.seed, 'contact', number);
  const id = personIdOf(number);
  const rows: Row[] = [];
  if (dice.chance(0.45)) rows.push([id, 'HOME', phoneFrom(dice), changed]);
  if (dice.chance(0.2)) rows.push([id, 'WORK', `${phoneFrom(dice)} x${dice.between(100, 999)}`, changed]);
  if (dice.chance(0.85)) rows.push([id, 'CELL', phoneFrom(dice), changed]);
  if (dice.chance(0.6)) rows.push([id, 'MAIL', mailOf(setting, number), changed]);
  return rows;
}

/** A number as typed at a desk. 555-0100 to 555-0199 are reserved for fiction. */
export function phoneFrom(dice: Dice): string {
  const area = dice.pick(['608', '262', '414', '815', '779']);
  const line = `01${dice.digits(2)}`;
  return dice.weigh([
    [40, `(${area}) 555-${line}`],
    [30, `${area}-555-${line}`],
    [10, `${area}.555.${line}`],
    [12, `${area}555${line}`],
    [5, `+1 ${area} 555 ${line}`],
    [2, `555-${line}`],
    [1, 'none'],
  ]);
}

/** example.org is reserved (RFC 2606). */
function mailOf(setting: Setting, number: number): string {
  const { givenName, familyName } = identityOf(setting, number);
  const name = `${givenName}.${familyName}`.normalize('NFKD').replace(/[^a-z.]/gi, '');
  return `${name}${number}@example.org`.toLowerCase();
}

import { Dice } from './dice.ts';
import { pools } from './pools.ts';
import type { Row, Setting } from './setting.ts';

export const practitionerCount = 60;

/** For `copy_practitioner`. One NPI has a wrong check digit, one is missing. */
export function practitionerRow(setting: Setting, number: number): Row {
  const dice = new Dice(setting.seed, 'practitioner', number);
  const npi = withCheckDigit(`1${dice.digits(8)}`);
  return [
    String(number),
    number === 7 ? '1234567890' : number === 13 ? null : npi,
    dice.pick(dice.chance(0.5) ? pools.femaleNames : pools.maleNames),
    dice.pick(pools.familyNames),
  ];
}

/** The tenth digit of a National Provider Identifier: Luhn's over the number with 80840 in front, which adds 24. */
function withCheckDigit(nine: string): string {
  const sum = Array.from(nine, Number).reduce((total, digit, index) => {
    const counted = index % 2 === 0 ? digit * 2 : digit;
    return total + (counted > 9 ? counted - 9 : counted);
  }, 24);
  return `${nine}${(10 - (sum % 10)) % 10}`;
}

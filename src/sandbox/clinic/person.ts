import { addDays, instantOf, wallClock } from './day/calendar.ts';
import {
  childMaritalStatuses,
  ethnicGroups,
  femaleCodes,
  languages,
  maleCodes,
  maritalStatuses,
  races,
  religions,
} from './desk-codes.ts';
import { Dice } from './dice.ts';
import { pools } from './pools.ts';
import type { Row, Setting } from './setting.ts';

const firstPersonId = 1_000_000;
export const personIdOf = (number: number): string => String(firstPersonId + number);
/** 0 for none. */
export const personNumberOf = (id: string | null): number => (id === null ? 0 : Number(id) - firstPersonId);

/** The years of records. Everybody is older, so that every visit follows the birth. */
export const historyDays = 1095;

/**
 * Every 25th registration repeats the previous person, a realistic share of duplicates for a hospital.
 */
const duplicateOf = (number: number): number | null => (number % 25 === 0 ? number - 1 : null);

/** Half of the duplicates were found and merged before the clinic's first day. */
export const mergedInto = (number: number): number | null => (number % 50 === 0 ? duplicateOf(number) : null);

/** When the row last changed: a day of the last three years, or as given. */
export function changedAt(setting: Setting, number: number): string {
  const dice = new Dice(setting.seed, 'changed', number);
  return instantOf(wallClock(addDays(setting.builtOn, -dice.between(1, historyDays)), dice.between(8 * 60, 18 * 60)));
}

export function personRow(setting: Setting, number: number, changed = changedAt(setting, number)): Row {
  const identity = identityOf(setting, number);
  return [
    personIdOf(number),
    `PL${String(number).padStart(7, '0')}`,
    identity.givenName,
    identity.middleName,
    identity.familyName,
    identity.bornOn,
    identity.sex,
    ...identity.codes,
    identity.taxNumber,
    identity.diedAt === null ? 'f' : 't',
    identity.diedAt,
    changed,
  ];
}

interface Identity {
  readonly givenName: string;
  readonly middleName: string | null;
  readonly familyName: string;
  readonly bornOn: string;
  readonly sex: string | null;
  /** Race, ethnic group, marital status, language, religion. */
  readonly codes: readonly (string | null)[];
  readonly taxNumber: string | null;
  readonly diedAt: string | null;
}

export function identityOf(setting: Setting, number: number): Identity {
  const original = duplicateOf(number);
  return original === null
    ? newIdentity(setting, number)
    : registeredAgain(setting, identityOf(setting, original), number);
}

function newIdentity(setting: Setting, number: number): Identity {
  const dice = new Dice(setting.seed, 'person', number);
  const isFemale = dice.chance(0.52);
  const givenNames = isFemale ? pools.femaleNames : pools.maleNames;
  const ageDays = dice.between(historyDays + 1, dice.chance(0.3) ? 35_000 : 24_000);
  const codes = [
    races,
    ethnicGroups,
    ageDays < 18 * 365 ? childMaritalStatuses : maritalStatuses,
    languages,
    religions,
  ];
  return {
    givenName: dice.pick(givenNames),
    middleName: dice.weigh([
      [40, null],
      [25, dice.pick(givenNames)],
      [35, dice.pick(givenNames).charAt(0)],
    ]),
    familyName: inTheDesksHand(dice, dice.pick(pools.familyNames)),
    bornOn: addDays(setting.builtOn, -ageDays),
    sex: dice.weigh(isFemale ? femaleCodes : maleCodes),
    codes: codes.map((table) => dice.weigh(table)),
    // From area 9xx, which is never issued, so it belongs to no living person. Each number is used once.
    taxNumber: numberHasTax(number) ? taxNumberOf(number) : null,
    diedAt: diedAtOf(setting, number),
  };
}

/** Three in a hundred died, within the recorded years. A function of its own, because visits depend on it. */
export function diedAtOf(setting: Setting, number: number): string | null {
  const dice = new Dice(setting.seed, 'death', duplicateOf(number) ?? number);
  if (!dice.chance(0.03)) return null;
  return wallClock(addDays(setting.builtOn, -dice.between(1, historyDays)), dice.between(0, 24 * 60 - 1));
}

/** Most originals of duplicates have one, so that the duplicates can be recognised. */
const numberHasTax = (number: number): boolean => duplicateOf(number + 1) !== null || number % 5 !== 0;

function taxNumberOf(number: number): string {
  const digits = String(900_000_000 + ((number * 7919) % 99_999_989));
  return number % 10 === 3 ? digits : `${digits.slice(0, 3)}-${digits.slice(3, 5)}-${digits.slice(5)}`;
}

/** The same person at another desk: a nickname, a typing error, a missing answer. */
function registeredAgain(setting: Setting, original: Identity, number: number): Identity {
  const dice = new Dice(setting.seed, 'again', number);
  return {
    ...original,
    givenName: dice.chance(0.5) ? original.givenName.slice(0, 3) : original.givenName,
    middleName: null,
    familyName: dice.chance(0.3) ? original.familyName.replace(/(.)(.)$/u, '$2$1') : original.familyName,
    codes: original.codes.map((code) => (dice.chance(0.3) ? null : code)),
  };
}

const inTheDesksHand = (dice: Dice, name: string): string =>
  dice.weigh([
    [96, name],
    [3, name.toUpperCase()],
    [1, `${name} `],
  ]);

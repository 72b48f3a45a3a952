import { Dice, type Weighted } from './dice.ts';
import { changedAt, personIdOf } from './person.ts';
import { pools } from './pools.ts';
import type { Row, Setting } from './setting.ts';

/** Street, city, state, postal code, county, country, as typed at the desk. */
export type Address = readonly [
  street: string,
  city: string,
  state: string,
  postalCode: string | null,
  county: string | null,
  country: string | null,
];

/** For `copy_person_address`; null without a known address. */
export function addressRow(setting: Setting, number: number, changed = changedAt(setting, number)): Row | null {
  const dice = new Dice(setting.seed, 'address', number);
  return dice.chance(0.015) ? null : [personIdOf(number), ...addressFrom(dice), changed];
}

export function addressFrom(dice: Dice): Address {
  const [city, state, county, zips] = dice.pick(places);
  const unit = dice.chance(0.2) ? ` Apt ${dice.between(1, 40)}` : '';
  return [
    `${dice.between(1, 4999)} ${dice.pick(pools.streets)}${unit}`,
    city,
    dice.weigh(spellings[state]),
    postalCodeIn(dice, dice.pick(zips)),
    dice.chance(0.9) ? county : null,
    dice.weigh<string | null>([
      [70, 'USA'],
      [28, 'US'],
      [2, null],
    ]),
  ];
}

const postalCodeIn = (dice: Dice, zip: string): string | null =>
  dice.weigh<string | null>([
    [83, zip],
    [12, `${zip}-${dice.between(1000, 9999)}`],
    [2, `${zip}${dice.between(1000, 9999)}`],
    [3, null],
  ]);

const spellings: Readonly<Record<'WI' | 'IL', Weighted<string>>> = {
  WI: [
    [95, 'WI'],
    [3, 'Wis.'],
    [2, 'Wisconsin'],
  ],
  IL: [
    [97, 'IL'],
    [3, 'Illinois'],
  ],
};

/** Home towns, all in America/Chicago's zone. */
const places: readonly (readonly [city: string, state: 'WI' | 'IL', county: string, zips: readonly string[]])[] = [
  ['Madison', 'WI', 'Dane', ['53703', '53704', '53711', '53713', '53719']],
  ['Stoughton', 'WI', 'Dane', ['53589']],
  ['Janesville', 'WI', 'Rock', ['53545', '53546', '53548']],
  ['Beloit', 'WI', 'Rock', ['53511']],
  ['Edgerton', 'WI', 'Rock', ['53534']],
  ['Milton', 'WI', 'Rock', ['53563']],
  ['Evansville', 'WI', 'Rock', ['53536']],
  ['Fort Atkinson', 'WI', 'Jefferson', ['53538']],
  ['Whitewater', 'WI', 'Walworth', ['53190']],
  ['Monroe', 'WI', 'Green', ['53566']],
  ['Rockford', 'IL', 'Winnebago', ['61101', '61107', '61109']],
  ['Roscoe', 'IL', 'Winnebago', ['61073']],
];

import { en, Faker } from '@faker-js/faker';

/**
 * Pools of names and streets, made by Faker once from a fixed seed, because calling it per row takes minutes for a large clinic.
 */
const faker = new Faker({ locale: en, seed: 20_240_229 });

const many = (count: number, make: () => string): readonly string[] => Array.from({ length: count }, make);

/** Non-ASCII names; Faker's American names are plain ASCII. */
const otherGivenNames = ['José', 'Zoë', 'Renée', 'Mai', 'Pa Nhia', 'Mary-Kate', 'Siân', 'Þórunn', 'Nguyệt'];
const otherFamilyNames = [
  "O'Brien",
  "D'Angelo",
  'Muñoz',
  'Nguyễn',
  'Vang',
  'Xiong',
  'van der Berg',
  'St. John',
  'Łukasik',
  'Smith-Jones',
];

export const pools = {
  femaleNames: [...many(400, () => faker.person.firstName('female')), ...otherGivenNames],
  maleNames: [...many(400, () => faker.person.firstName('male')), ...otherGivenNames],
  familyNames: [...many(900, () => faker.person.lastName()), ...otherFamilyNames],
  streets: many(300, () => faker.location.street()),
};

/**
 * What may happen at a small clinic that exports its files every evening: somebody works there, or a night reads the export, whole or
 * damaged. A step is plain data, so that a history that fails is printed as it can be pasted back as a case of its own.
 */
import fc from 'fast-check';

export const files = ['patients', 'encounters', 'merges', 'allergies'] as const;
export type FileName = (typeof files)[number];

export const patientCount = 6;
export const visitCount = 8;
/** Some with a code, one with a comma, one with quotes, one beyond ASCII. */
export const allergens = [
  { code: '91936005', name: 'Penicillin' },
  { code: '', name: 'Latex, natural' },
  { code: '', name: 'Nüsse' },
  { code: '91935009', name: 'Peanut, "raw"' },
] as const;
export const firstNames = ['Ana', 'Zoë', 'Ben'] as const;
export const cities = ['Austin', 'Doña Ana', 'Waco, East'] as const;
export const reasons = ['Cough', 'Fever, high', 'Grippe à domicile'] as const;

/** What happens to one line, or to one of its fields. */
export const lineDamages = [
  'bad byte',
  'windows-1252 byte',
  'zero byte',
  'stray quote before',
  'stray quote within',
  'too few fields',
  'too many fields',
  'twice',
] as const;
/** What happens to the file. */
export const fileDamages = [
  'trailer',
  'wide trailer',
  'ruler',
  'header again',
  'cut off',
  'no last line end',
  'windows-1252',
  'missing',
  'empty',
] as const;

export type Damage =
  | {
      readonly file: FileName;
      readonly how: (typeof lineDamages)[number];
      /** Which of its lines, and which field; counted round where there are fewer. */
      readonly line: number;
      readonly field: number;
    }
  | { readonly file: FileName; readonly how: (typeof fileDamages)[number] };

export type ClinicStep =
  | { readonly do: 'patient'; readonly patient: number; readonly name: number; readonly city: number }
  | { readonly do: 'remove patient'; readonly patient: number }
  | { readonly do: 'visit'; readonly visit: number; readonly patient: number; readonly reason: number }
  | { readonly do: 'remove visit'; readonly visit: number }
  /** Found at this visit where it was not; struck out where it was. */
  | { readonly do: 'allergy'; readonly visit: number; readonly allergen: number }
  | { readonly do: 'merge'; readonly retired: number; readonly survivor: number }
  | { readonly do: 'undo merge'; readonly retired: number };

export interface NightStep {
  readonly do: 'night';
  readonly damages: readonly Damage[];
  /** `--allow-large-change`. */
  readonly allowed: boolean;
}
export type Step = ClinicStep | NightStep;

const patient = fc.constantFrom(0, 0, 1, 1, 2, 2, 3, 4, 5);
const visit = fc.constantFrom(0, 0, 1, 1, 2, 2, 3, 4, 5, 6, 7);
const doing = <S extends Step['do']>(name: S): fc.Arbitrary<S> => fc.constant(name);
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(model, { noNullPrototype: true });

const pairs = Array.from({ length: patientCount }, (_, retired) =>
  Array.from({ length: patientCount - 1 - retired }, (__, more) => [retired, retired + 1 + more] as const),
).flat();

const clinicStep: fc.Arbitrary<ClinicStep> = fc.oneof(
  { weight: 8, arbitrary: record({ do: doing('patient'), patient, name: fc.nat(2), city: fc.nat(2) }) },
  { weight: 1, arbitrary: record({ do: doing('remove patient'), patient }) },
  { weight: 8, arbitrary: record({ do: doing('visit'), visit, patient, reason: fc.nat(2) }) },
  { weight: 1, arbitrary: record({ do: doing('remove visit'), visit }) },
  { weight: 12, arbitrary: record({ do: doing('allergy'), visit, allergen: fc.nat(allergens.length - 1) }) },
  {
    weight: 6,
    // Towards the higher number, so that none leads in a circle.
    arbitrary: fc.constantFrom(...pairs).map(([retired, survivor]) => ({ do: 'merge' as const, retired, survivor })),
  },
  { weight: 3, arbitrary: record({ do: doing('undo merge'), retired: patient }) },
);

const file = fc.constantFrom<FileName>(
  ...files,
  'patients',
  'patients',
  'encounters',
  'merges',
  'allergies',
  'allergies',
);
const lineDamage = record({
  file,
  how: fc.constantFrom(...lineDamages),
  line: fc.nat(7),
  field: fc.nat(7),
});
const fileDamage = record({ file, how: fc.constantFrom(...fileDamages) });
const damage: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 5, arbitrary: lineDamage },
  { weight: 1, arbitrary: fileDamage },
);

const night: fc.Arbitrary<NightStep> = record({
  do: doing('night'),
  damages: fc.oneof(
    { weight: 3, arbitrary: fc.array(damage, { minLength: 1, maxLength: 2 }) },
    { weight: 1, arbitrary: fc.array(damage, { minLength: 3, maxLength: 6, size: 'max' }) },
    { weight: 1, arbitrary: fc.constant([]) },
  ),
  allowed: fc.constantFrom(false, false, true),
});

/** A clinic that has been there for a while. */
const opening: readonly ClinicStep[] = [
  ...Array.from({ length: patientCount }, (_, number) => {
    return { do: 'patient', patient: number, name: number % 3, city: number % 3 } as const;
  }),
  ...[0, 1, 2, 3, 4].map((number) => ({ do: 'visit', visit: number, patient: number % 4, reason: 0 }) as const),
  ...[0, 1, 2].map((number) => ({ do: 'allergy', visit: number, allergen: number }) as const),
  { do: 'allergy', visit: 0, allergen: 3 },
  { do: 'merge', retired: 4, survivor: 5 },
];
/** Mostly all of it: damage does nothing to files without lines. */
const opened = fc.oneof(
  { weight: 3, arbitrary: fc.constant(opening) },
  { weight: 1, arbitrary: fc.subarray([...opening]) },
);
/** What Redox was told before anything was damaged, or not. */
const firstNight = fc.oneof(
  { weight: 2, arbitrary: fc.constant<NightStep>({ do: 'night', damages: [], allowed: false }) },
  { weight: 1, arbitrary: night },
);

const day: fc.Arbitrary<readonly Step[]> = fc
  .tuple(fc.array(clinicStep, { minLength: 1, maxLength: 4, size: 'max' }), night)
  .map(([steps, end]) => [...steps, end]);

export const history: fc.Arbitrary<readonly Step[]> = fc
  .tuple(opened, firstNight, fc.array(day, { minLength: 1, maxLength: 3, size: 'max' }))
  .map(([steps, first, days]) => [...steps, first, ...days.flat()]);

/** The history as it can be pasted into a test. */
export const printed = (steps: readonly Step[]): string => steps.map((one) => `  ${fc.stringify(one)},`).join('\n');

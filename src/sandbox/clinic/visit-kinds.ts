import type { Weighted } from './dice.ts';

type Coded = readonly [code: string, name: string];

export interface VisitKind {
  /** As in `load_departments`. */
  readonly departments: readonly string[];
  /** CPT. */
  readonly billing: readonly Coded[];
  /** ICD-10-CM. */
  readonly complaints: readonly Coded[];
  /** First and last quarter of an hour at which such a visit begins, counted from midnight. */
  readonly begins: readonly [number, number];
  /** Shortest and longest, in minutes. */
  readonly lasts: readonly [number, number];
}

const everyday: readonly Coded[] = [
  ['I10', 'Essential (primary) hypertension'],
  ['E11.9', 'Type 2 diabetes mellitus without complications'],
  ['J06.9', 'Acute upper respiratory infection, unspecified'],
  ['M54.50', 'Low back pain, unspecified'],
  ['Z00.00', 'Encounter for general adult medical examination without abnormal findings'],
  ['F41.1', 'Generalized anxiety disorder'],
];

const office: VisitKind = {
  departments: ['101', '102', '103', '104', '105'],
  billing: [
    ['99213', 'Office visit, established patient, low complexity'],
    ['99214', 'Office visit, established patient, moderate complexity'],
    ['99203', 'Office visit, new patient, low complexity'],
  ],
  complaints: everyday,
  begins: [32, 66],
  lasts: [15, 45],
};

const laboratory: VisitKind = {
  departments: ['601'],
  billing: [
    ['80053', 'Comprehensive metabolic panel'],
    ['83036', 'Hemoglobin A1c'],
  ],
  complaints: everyday,
  begins: [28, 66],
  lasts: [5, 15],
};

const emergency: VisitKind = {
  departments: ['301'],
  billing: [
    ['99283', 'Emergency department visit, low complexity'],
    ['99284', 'Emergency department visit, moderate complexity'],
  ],
  complaints: [
    ['R07.9', 'Chest pain, unspecified'],
    ['S93.401A', 'Sprain of unspecified ligament of right ankle, initial encounter'],
    ['R10.9', 'Unspecified abdominal pain'],
  ],
  begins: [0, 95],
  lasts: [40, 540],
};

const virtual: VisitKind = {
  ...office,
  departments: ['201'],
  billing: [['98005', 'Audio-video visit, established patient, low complexity']],
};

const home: VisitKind = {
  ...office,
  departments: ['501'],
  billing: [['99348', 'Home visit, established patient, low complexity']],
  complaints: [['Z48.00', 'Encounter for change or removal of nonsurgical wound dressing']],
};

export const inpatient: VisitKind = {
  departments: ['401', '402'],
  billing: [['99223', 'Initial hospital care, high complexity']],
  complaints: [
    ['J18.9', 'Pneumonia, unspecified organism'],
    ['I50.9', 'Heart failure, unspecified'],
    ['K35.80', 'Unspecified acute appendicitis'],
  ],
  begins: [0, 95],
  lasts: [1 * 24 * 60, 12 * 24 * 60],
};

export const allKinds: Weighted<VisitKind> = [
  [60, office],
  [12, laboratory],
  [9, emergency],
  [8, virtual],
  [3, home],
  [8, inpatient],
];

/** Visits without an appointment that end the same day. */
export const walkInKinds: Weighted<VisitKind> = [
  [60, office],
  [40, laboratory],
];

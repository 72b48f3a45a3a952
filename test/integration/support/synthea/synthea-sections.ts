import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect } from 'vitest';
import type { StoredDocument } from '../../../../src/sandbox/redox/repository.ts';
import type { Night } from '../night.ts';
import { text, type CsvRow } from './synthea-export.ts';

/**
 * The clinical rows of a Synthea export, as lines that can be compared: once as the files say them, once as the documents
 * at the stand-in do, each worked out without the other. A line begins with the visit that the row is of.
 */
type Facts = Readonly<Record<string, ReadonlySet<string>>>;

type Files = (file: string) => Promise<readonly CsvRow[]>;

/** What the files say. Of an imaging study there is a row per image; what was looked at, how and when is one fact. */
async function sectionFacts(rowsOf: Files): Promise<Facts> {
  const facts = async (file: string, parts: (row: CsvRow) => readonly string[]): Promise<Set<string>> =>
    new Set(
      (await rowsOf(file))
        .filter((row) => text(row, 'ENCOUNTER') !== '')
        .map((row) => line(text(row, 'ENCOUNTER'), parts(row))),
    );
  const started = (row: CsvRow): string[] => [
    text(row, 'CODE'),
    instant(text(row, 'START')),
    instant(text(row, 'STOP')),
  ];
  return {
    diagnoses: await diagnoses(rowsOf),
    allergies: await facts('allergies.csv', (row) => [
      ...started(row),
      ...[text(row, 'REACTION1'), text(row, 'REACTION2')].filter((code) => code !== '').sort(),
    ]),
    conditions: await facts('conditions.csv', (row) => [isDisease(row) ? 'problem' : 'concern', ...started(row)]),
    medications: await medications(rowsOf),
    immunizations: await facts('immunizations.csv', (row) => [text(row, 'CODE'), instant(text(row, 'DATE'))]),
    procedures: await facts('procedures.csv', (row) => [text(row, 'CODE'), instant(text(row, 'START'))]),
    careplans: await facts('careplans.csv', (row) => [text(row, 'CODE'), instant(text(row, 'START'))]),
    devices: await facts('devices.csv', (row) => [text(row, 'CODE'), instant(text(row, 'START')), text(row, 'UDI')]),
    imaging: await facts('imaging_studies.csv', (row) => [
      text(row, 'MODALITY_CODE'),
      instant(text(row, 'DATE')),
      text(row, 'BODYSITE_CODE'),
      text(row, 'PROCEDURE_CODE'),
    ]),
    observations: await facts('observations.csv', (row) => [
      text(row, 'CODE'),
      text(row, 'VALUE'),
      // Of the habit itself Redox has no units.
      text(row, 'UNITS') === 'null' || isAnnotation(row) ? '' : text(row, 'UNITS'),
      instant(text(row, 'DATE')),
    ]),
  };
}

/** Units such as `{nominal}`, which only qualify a number, beside a word. */
const isAnnotation = (row: CsvRow): boolean =>
  /^\{.*\}$/.test(text(row, 'UNITS')) && !/^[-+]?\d+(?:\.\d+)?$/.test(text(row, 'VALUE'));

/** Given at the visit, for after a stay, or the patient's: as Synthea's dates tell. Of what was given Redox has no reason. */
async function medications(rowsOf: Files): Promise<Set<string>> {
  const visits = new Map((await rowsOf('encounters.csv')).map((row) => [text(row, 'Id'), row]));
  return new Set(
    (await rowsOf('medications.csv')).map((row) => {
      const visit = visits.get(text(row, 'ENCOUNTER')) ?? {};
      const [start, stop] = [text(row, 'START'), text(row, 'STOP')];
      const isStay = ['inpatient', 'snf'].includes(text(visit, 'ENCOUNTERCLASS'));
      const isGiven = start === stop || (isStay && stop !== '' && stop <= text(visit, 'STOP'));
      const parts = [text(row, 'CODE'), instant(start), instant(stop)];
      if (isGiven) return line(text(row, 'ENCOUNTER'), ['given', ...parts]);
      return line(text(row, 'ENCOUNTER'), [isStay ? 'discharge' : 'current', ...parts, text(row, 'REASONCODE')]);
    }),
  );
}

/** By SNOMED CT's tag at the end of the name. */
const isDisease = (row: CsvRow): boolean =>
  !/\((?:finding|situation|person|procedure|regime\/therapy)\)$/.test(text(row, 'DESCRIPTION'));

/** Of a visit its conditions that are diagnoses; of a stay that has none, its reason. */
async function diagnoses(rowsOf: Files): Promise<Set<string>> {
  const found = (await rowsOf('conditions.csv'))
    .filter(isDisease)
    .map((row) => ({ visit: text(row, 'ENCOUNTER'), code: text(row, 'CODE') }));
  const visits = new Set(found.map(({ visit }) => visit));
  const reasons = (await rowsOf('encounters.csv'))
    .filter((row) => ['inpatient', 'snf'].includes(text(row, 'ENCOUNTERCLASS')) && text(row, 'REASONCODE') !== '')
    .map((row) => ({ visit: text(row, 'Id'), code: text(row, 'REASONCODE') }));
  return new Set(
    [...found, ...reasons.filter(({ visit }) => !visits.has(visit))].map((one) => line(one.visit, [one.code])),
  );
}

/** A file of an export; none where the export does not have it. */
export async function rowsOf(folder: string, file: string): Promise<CsvRow[]> {
  if (!existsSync(join(folder, file))) return [];
  return parse(await readFile(join(folder, file)), { columns: true, bom: true });
}

/** What Redox holds of each section is what the files say of it: as many facts, and the same ones. */
export async function expectEveryRowSynced(
  folder: string,
  { standIn }: Pick<Night, 'standIn'>,
  counts: object,
): Promise<void> {
  const expected = await sectionFacts((file) => rowsOf(folder, file));
  const sent = sentFacts(standIn.state().documents);
  const sizes = (facts: Readonly<Record<string, ReadonlySet<string>>>): Record<string, number> =>
    Object.fromEntries(Object.entries(facts).map(([section, lines]) => [section, lines.size]));
  expect(sizes(expected)).toEqual(counts);
  expect(sizes(sent)).toEqual(counts);
  for (const section of Object.keys(expected)) {
    const missing = [...(expected[section] ?? [])].filter((line) => sent[section]?.has(line) !== true);
    const invented = [...(sent[section] ?? [])].filter((line) => expected[section]?.has(line) !== true);
    expect({ section, missing, invented }).toEqual({ section, missing: [], invented: [] });
  }
}

/** What the stand-in holds of visits. */
function sentFacts(documents: ReadonlyMap<string, StoredDocument>): Facts {
  const facts: Record<string, Set<string>> = {};
  for (const [id, { message }] of documents) {
    const visit = id.slice(id.indexOf('^') + 1);
    if (visit.startsWith('summary.')) continue;
    for (const [section, lines] of Object.entries(linesOf(message as ClinicalSummary))) {
      facts[section] ??= new Set();
      for (const parts of lines) facts[section].add(line(visit, parts));
    }
  }
  return facts;
}

interface Coded {
  readonly Code?: string;
  readonly Name?: string;
}

interface Period {
  readonly StartDate?: string;
  readonly EndDate?: string;
}

interface Observed extends Coded {
  readonly Value?: string;
  readonly Units?: string;
  readonly DateTime?: string;
}

/** A look at a part of the body, with the procedures that it was part of. */
interface Looked extends Coded {
  readonly AltCodes?: readonly Coded[];
  readonly DateTime?: string;
  readonly TargetSite?: Coded;
}

interface Medicated extends Period {
  readonly Product?: Coded;
  readonly Indications?: readonly Coded[];
}

/** What is looked at in a document. */
interface ClinicalSummary {
  readonly Encounters?: readonly { readonly Diagnosis?: readonly Coded[] }[];
  readonly Allergies?: readonly (Period & { readonly Substance?: Coded; readonly Reaction?: readonly Coded[] })[];
  readonly Problems?: readonly (Coded & Period)[];
  readonly ResolvedProblems?: readonly (Coded & Period)[];
  readonly HealthConcerns?: readonly (Coded & Period)[];
  readonly Medications?: readonly Medicated[];
  readonly DischargeMedications?: readonly Medicated[];
  readonly MedicationsAdministered?: readonly Medicated[];
  readonly Immunizations?: readonly { readonly Product?: Coded; readonly DateTime?: string }[];
  readonly Procedures?: {
    readonly Procedures?: readonly (Coded & { readonly DateTime?: string })[];
    readonly Observations?: readonly Looked[];
  };
  readonly PlanOfCare?: { readonly Services?: readonly (Coded & { readonly DateTime?: string })[] };
  readonly MedicalEquipment?: readonly (Period & {
    readonly Product?: Coded & { readonly Identifiers?: readonly { readonly ID?: string }[] };
  })[];
  readonly Results?: readonly { readonly Observations?: readonly Observed[] }[];
  readonly VitalSigns?: readonly { readonly Observations?: readonly Observed[] }[];
  readonly SocialHistory?: {
    readonly Observations?: readonly (Coded & Period & { readonly ValueText?: string; readonly Units?: string })[];
    readonly TobaccoUse?: readonly (Coded & Period)[];
  };
}

type Line = readonly (string | undefined)[];

function linesOf(document: ClinicalSummary): Record<string, readonly Line[]> {
  const { Encounters = [], Allergies = [], Problems = [], ResolvedProblems = [], HealthConcerns = [] } = document;
  const { Medications = [], DischargeMedications = [], MedicationsAdministered = [] } = document;
  const { Immunizations = [], Procedures = {}, PlanOfCare = {}, MedicalEquipment = [] } = document;
  return {
    diagnoses: Encounters.flatMap(({ Diagnosis = [] }) => Diagnosis).map(({ Code }) => [Code]),
    allergies: Allergies.map(({ Substance, Reaction = [], StartDate, EndDate }) => [
      Substance?.Code,
      StartDate,
      EndDate,
      ...Reaction.map(({ Code = '' }) => Code).sort(),
    ]),
    conditions: [
      ...[...Problems, ...ResolvedProblems].map(({ Code, StartDate, EndDate }) => [
        'problem',
        Code,
        StartDate,
        EndDate,
      ]),
      ...HealthConcerns.map(({ Code, StartDate, EndDate }) => ['concern', Code, StartDate, EndDate]),
    ],
    medications: [
      ...MedicationsAdministered.map(({ Product, StartDate, EndDate }) => ['given', Product?.Code, StartDate, EndDate]),
      ...DischargeMedications.map((medication) => ['discharge', ...prescription(medication)]),
      ...Medications.map((medication) => ['current', ...prescription(medication)]),
    ],
    immunizations: Immunizations.map(({ Product, DateTime }) => [Product?.Code, DateTime]),
    procedures: (Procedures.Procedures ?? []).map(({ Code, DateTime }) => [Code, DateTime]),
    careplans: (PlanOfCare.Services ?? []).map(({ Code, DateTime }) => [Code, DateTime]),
    devices: MedicalEquipment.map(({ Product, StartDate }) => [
      Product?.Code,
      StartDate,
      Product?.Identifiers?.map(({ ID = '' }) => ID).join(),
    ]),
    imaging: (Procedures.Observations ?? []).flatMap(({ Code, DateTime, TargetSite, AltCodes = [{}] }) =>
      AltCodes.map((procedure) => [Code, DateTime, TargetSite?.Code, procedure.Code]),
    ),
    observations: observationsOf(document),
  };
}

const prescription = ({ Product, StartDate, EndDate, Indications = [] }: Medicated): Line => [
  Product?.Code,
  StartDate,
  EndDate,
  Indications.map(({ Code = '' }) => Code).join(),
];

/** Three sections of Redox's; where in them a row belongs is not looked at here. */
function observationsOf({ Results = [], VitalSigns = [], SocialHistory = {} }: ClinicalSummary): Line[] {
  const measured = [...Results, ...VitalSigns].flatMap(({ Observations = [] }) => Observations);
  return [
    ...measured.map(({ Code, Value, Units, DateTime }) => [Code, Value, Units, DateTime]),
    ...(SocialHistory.Observations ?? []).map(({ Code, ValueText, Units, StartDate }) => [
      Code,
      ValueText,
      Units,
      StartDate,
    ]),
    // The answer stands for the question, whose code is the LOINC code of smoking status.
    ...(SocialHistory.TobaccoUse ?? []).map(({ Name, StartDate }) => ['72166-2', Name, undefined, StartDate]),
  ];
}

const line = (visit: string, parts: Line): string =>
  [visit, ...parts.map((part) => (part === misspelledCode ? '' : (part ?? '')))].join(' | ');

/** Synthea's code of one condition has a wrong check digit, so no code is sent of it, but its name. */
const misspelledCode = '10939881000119104';

/** Synthea writes whole seconds of UTC; Redox wants milliseconds. A date stays a date. */
const instant = (time: string): string => time.replace(/^(.{10}T.{8})Z$/, '$1.000Z');

import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { Environment } from '../../../src/config/config.ts';
import { Fault } from '../../../src/fault.ts';
import type { JsonObject } from '../../../src/json.ts';
import { undefuse } from '../../../src/report/defuse.ts';
import { type Night, type NightOptions, type NightResult, openNight, type NightChoices } from './night.ts';
import { told } from './first-night/told.ts';
import { documentOid } from '../redox/stand-in-client.ts';

/** A small clinic that exports files, as sites in the field have them; each test damages them in one way. */

export type Files = Readonly<Record<string, string | Buffer>>;

export const patientsHeader =
  'patient_id,mrn,first_name,middle_name,last_name,birth_date,sex,street_address,city,state,zip,home_phone,deceased,deceased_at\n';
export const patientLines = [
  'P001,M0001,Ana,Luz,Núñez,1980-05-04,F,1 Elm St,Madison,WI,53703,608-555-0101,N,\n',
  'P002,M0002,Bert,,Olsen,1975-11-30,M,2 Oak St,Madison,WI,53704,608-555-0102,N,\n',
  'P003,M0003,Çağla,,Demir,1991-02-28,F,3 Pine St,Verona,WI,53593,608-555-0103,N,\n',
  'P004,M0004,Dora,May,Peña,1966-07-15,F,4 Ash St,Monona,WI,53716,608-555-0104,N,\n',
  'P005,M0005,Egon,,Field,2001-09-09,M,5 Fir St,Madison,WI,53705,608-555-0105,N,\n',
  'P006,M0006,Fay,Q,Groß,1949-12-01,F,6 Yew St,Madison,WI,53711,608-555-0106,N,\n',
] as const;
export const patients = patientsHeader + patientLines.join('');

export const encountersHeader = 'encounter_id,patient_id,class,status,started_at,ended_at,reason_name\n';
export const encounterLines = [
  'E1,P001,outpatient,finished,2026-03-02 09:00:00,2026-03-02 09:30:00,cough\n',
  'E2,P002,outpatient,finished,2026-03-03 10:00:00,2026-03-03 10:20:00,back pain\n',
  'E3,P003,inpatient,finished,2026-03-04 08:00:00,2026-03-06 12:00:00,fever\n',
  'E4,P004,outpatient,finished,2026-03-05 14:00:00,2026-03-05 14:15:00,check-up\n',
] as const;
export const encounters = encountersHeader + encounterLines.join('');

/** Patients P001 to P<count>, who differ in nothing that a test is about. */
export const manyPatients = (count: number, line = (row: string): string => row): string =>
  patientsHeader +
  numbers(count)
    .map((number) => line(`P${number},M${number},Ana,,Smith,1980-05-04,F,1 Elm St,Madison,WI,53703,,N,\n`))
    .join('');

/** One finished visit of each of them. */
export const manyEncounters = (count: number, line = (row: string): string => row): string =>
  encountersHeader +
  numbers(count)
    .map((number) => line(`E${number},P${number},outpatient,finished,2026-03-02 09:00:00,2026-03-02 09:30:00,cough\n`))
    .join('');

/** The text as UTF-8, in which each `¿` is a byte that is none. */
export const withBadBytes = (text: string): Buffer => {
  const [first = '', ...others] = text.split('¿');
  return Buffer.concat([
    Buffer.from(first),
    ...others.map((part) => Buffer.concat([Buffer.of(0xff), Buffer.from(part)])),
  ]);
};

const numbers = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => String(index + 1).padStart(3, '0'));

/** As docs/your-ehr.md has it for extracts. */
const contractOf: Readonly<Record<string, string>> = {
  'patients.sql': `SELECT ${patientsHeader} FROM patients`,
  'encounters.sql': `SELECT ${encountersHeader} FROM encounters`,
};

export interface FieldSite extends Night {
  readonly folder: string;
  /** A night with these files and no others; patients and encounters are the usual ones unless given. */
  run(files?: Files, choices?: NightChoices): Promise<NightResult>;
  /** What such a night is refused for. */
  refusal(files: Files, choices?: NightChoices): Promise<{ readonly exitCode: number; readonly message: string }>;
  /** Demographics that Redox holds of whom it knows by this identifier; fails where it holds none. */
  stored(mrn: string): JsonObject;
  /** Identifiers of all patients whom Redox holds, sorted. */
  storedIds(): readonly string[];
  /** Ids of the visits of which Redox holds a document, sorted. */
  storedVisits(): readonly string[];
  /** The document that was pushed last for a visit; fails where there is none. */
  document(encounterId: string): JsonObject;
}

interface FieldOptions {
  /** Files beside the usual ones, or in their place. */
  readonly contract?: Readonly<Record<string, string>>;
  readonly settings?: Environment;
}

export async function fieldSite(options: FieldOptions = {}): Promise<FieldSite> {
  const { site, close } = await openSite(options);
  onTestFinished(close);
  return site;
}

interface OpenSite {
  readonly site: FieldSite;
  readonly write: (files: Files) => Promise<void>;
  readonly close: () => Promise<void>;
}

async function openSite(
  { contract: files = {}, settings = {} }: FieldOptions,
  before: Pick<NightOptions, 'before' | 'onTaken'> = {},
): Promise<OpenSite> {
  const parent = await mkdtemp(join(tmpdir(), 'field-'));
  const [folder, contract] = [join(parent, 'extracts'), join(parent, 'contract')];
  await mkdir(folder);
  for (const [name, text] of Object.entries({ ...contractOf, ...files })) {
    await mkdir(dirname(join(contract, name)), { recursive: true });
    await writeFile(join(contract, name), text);
  }
  const night = await openNight({ ehr: { kind: 'csv', folder, contract }, settings, ...before });
  const close = async (): Promise<void> => {
    await night.close();
    await rm(parent, { recursive: true });
  };
  const { standIn } = night;
  const write = async (extracts: Files): Promise<void> => {
    for (const name of await readdir(folder)) await rm(join(folder, name));
    const given = Object.keys(extracts);
    const usual = Object.entries({ 'patients.csv': patients, 'encounters.csv': encounters });
    // An extract that is packed, dated or in parts stands for its table, too.
    const missing = usual.filter(([name]) => !given.some((one) => one.startsWith(name.replace('.csv', ''))));
    for (const [name, content] of [...missing, ...Object.entries(extracts)])
      await writeFile(join(folder, name), content);
  };
  const run: FieldSite['run'] = async (extracts = {}, choices = {}) => {
    await write(extracts);
    return night.nightly(choices);
  };
  const site: FieldSite = {
    ...night,
    folder,
    run,
    refusal: async (extracts, choices) => {
      const fault: unknown = await run(extracts, choices).catch((error: unknown) => error);
      if (fault instanceof Fault) return fault;
      throw new Error('the night was not refused', { cause: fault });
    },
    stored: (mrn) => standIn.state().patients.get(mrn)?.demographics ?? missing(`patient ${mrn}`),
    storedIds: () => [...standIn.state().patients.keys()].sort(),
    storedVisits: () => [...standIn.state().documents.keys()].map((id) => id.slice(documentOid.length + 1)).sort(),
    document: (id) => standIn.state().documents.get(`${documentOid}^${id}`)?.message ?? missing(`document ${id}`),
  };
  return { site, write, close };
}

/** So many patients and visits has the site of `syncedSite`. */
export const count = 40;
export const usual: Files = { 'patients.csv': manyPatients(count), 'encounters.csv': manyEncounters(count) };

/** A site that told all of its files last night; of that night there are neither reports nor POSTs. */
export async function syncedSite(options: FieldOptions = {}, files: Files = usual): Promise<FieldSite> {
  const before = await told(['field', options, files], async (first) => {
    const { site, close } = await openSite(options, first);
    expect((await site.run(files)).exitCode).toBe(0);
    await close();
  });
  const { site, write, close } = await openSite(options, { before });
  onTestFinished(close);
  await write(files);
  return site;
}

function missing(what: string): never {
  throw new Error(`Redox holds no ${what}`);
}

/** Lines of a report that need somebody, each in a few words: `kind entity id reason needs`. */
export const open = (night: NightResult): readonly string[] =>
  night
    .csv('open-actions')
    .map(({ kind, entity, entity_id, reason, needs }) => words(kind, entity, entity_id, reason, needs))
    .sort();

/** What was found, new and changed rows aside: `kind entity id detail`. */
export const found = (night: NightResult): readonly string[] =>
  night
    .csv('discrepancies')
    .filter(({ kind }) => kind !== 'new' && kind !== 'changed')
    .map(({ kind, entity, entity_id, detail }) => words(kind, entity, entity_id, detail))
    .sort();

/** What was odd of values and lines, match keys aside: `id kind column line`. */
export const odd = (night: NightResult): readonly string[] =>
  night
    .csv('data-quality')
    .filter(({ kind }) => kind?.endsWith('match_key') !== true)
    .map(({ entity_id, kind, column_name, line }) => words(entity_id, kind, column_name, line))
    .sort();

const words = (...parts: readonly (string | undefined)[]): string =>
  parts
    .filter((part) => part !== undefined && part !== '')
    .map((part) => undefuse(part ?? ''))
    .join(' ');

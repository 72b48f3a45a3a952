import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Fault } from '../../../src/fault.ts';
import type { JsonObject } from '../../../src/json.ts';
import { found } from '../support/field-site.ts';
import { type Night, openNight } from '../support/night.ts';

/**
 * Every optional file of an extract, each damaged in every way. Each line of these files holds a word of its own, so a message tells which
 * lines it was made from: no message may lack one that the EHR has.
 */

const contract = {
  'patients.sql':
    'SELECT patient_id, mrn, first_name, last_name, birth_date, zip, city, identifiers_version, identifiers_version AS summary_version FROM patients',
  'encounters.sql':
    'SELECT encounter_id, patient_id, class, status, started_at, ended_at, reason_name, clinical_version FROM encounters',
  'identifiers.sql': 'SELECT patient_id, id, type FROM identifiers WHERE patient_id = ANY ($1::text[])',
  'sections/allergies.sql':
    'SELECT encounter_id, name AS substance_name, severity FROM allergies WHERE encounter_id = ANY ($1::text[])',
  'summary/medications.sql': 'SELECT patient_id, name, status FROM medications WHERE patient_id = ANY ($1::text[])',
  'summary/care_team.sql':
    'SELECT patient_id, last_name, primary_care FROM care_team WHERE patient_id = ANY ($1::text[])',
  'summary/insurances.sql':
    'SELECT patient_id, plan_name, member_number FROM insurances WHERE patient_id = ANY ($1::text[])',
} as const;

type Message = 'patient' | 'visit' | 'summary';

/** The header, a line, and the messages that hold its word. */
interface OptionalFile {
  readonly header: string;
  readonly line: (id: string, word: string) => string;
  readonly feeds: readonly Message[];
}

const optional = {
  identifiers: { header: 'patient_id,id,type', line: (id, word) => `P${id},${word},EHRID`, feeds: ['patient'] },
  allergies: { header: 'encounter_id,name,severity', line: (id, word) => `V${id},${word},severe`, feeds: ['visit'] },
  medications: { header: 'patient_id,name,status', line: (id, word) => `P${id},${word},active`, feeds: ['summary'] },
  care_team: {
    header: 'patient_id,last_name,primary_care',
    line: (id, word) => `P${id},${word},true`,
    feeds: ['patient', 'summary'],
  },
  insurances: {
    header: 'patient_id,plan_name,member_number',
    line: (id, word) => `P${id},${word},7`,
    feeds: ['patient', 'summary'],
  },
} as const satisfies Record<string, OptionalFile>;
type FileName = keyof typeof optional;
const fileNames = Object.keys(optional) as readonly FileName[];

/** With digits, a word would be no last name. */
const wordOf = (file: FileName, id: string): string =>
  `W${file.replace('_', '')}${id.replaceAll(/\d/g, (digit) => 'abcdefghij'[Number(digit)] ?? '')}z`;

/** All of them from the first night on; each case adds one. */
const atFirst = 12;

type Lines = readonly string[];
/** Of a line. `ehr-csv-damage.test.ts` has all the ways in which a line may be unreadable. */
const damages: Readonly<Record<string, (line: string) => string>> = {
  'a field too few': (line) => line.slice(0, line.lastIndexOf(',')),
  'bytes of the id that are no text': (line) => `${line.slice(0, 1)}\xff${line.slice(1)}`,
  'bytes of the word that are no text': (line) => line.replace(/W[a-z]+/, (word) => `${word.slice(0, 3)}\xff`),
};
const fileDamages: Readonly<Record<string, (header: string, lines: Lines) => string | null>> = {
  'is missing': () => null,
  'has its header alone': (header) => `${header}\n`,
  'has no readable line': (header, lines) => `${[header, ...lines.map((line) => `${line},x`)].join('\n')}\n`,
};

class Site {
  readonly #folder: string;
  readonly night: Night;
  readonly #taken: JsonObject[];
  #patients = atFirst;
  #version = 1;

  constructor(folder: string, night: Night, taken: JsonObject[]) {
    this.#folder = folder;
    this.night = night;
    this.#taken = taken;
  }

  static async open(): Promise<Site> {
    const folder = await mkdtemp(join(tmpdir(), 'optional-files-'));
    for (const [name, text] of Object.entries(contract)) {
      await mkdir(dirname(join(folder, 'contract', name)), { recursive: true });
      await writeFile(join(folder, 'contract', name), text);
    }
    await mkdir(join(folder, 'extracts'));
    const taken: JsonObject[] = [];
    const night = await openNight({
      ehr: { kind: 'csv', folder: join(folder, 'extracts'), contract: join(folder, 'contract') },
      onTaken: (message) => taken.push(message),
    });
    return new Site(folder, night, taken);
  }

  async close(): Promise<void> {
    await this.night.close();
    await rm(this.#folder, { recursive: true });
  }

  get patients(): number {
    return this.#patients;
  }

  /** Patients come, and every other row changes. */
  work(newPatients: number): void {
    this.#patients += newPatients;
    this.#version += 1;
  }

  get #ids(): Lines {
    return Array.from({ length: this.#patients }, (_, index) => String(index + 1));
  }

  linesOf(file: FileName): Lines {
    return this.#ids.map((id) => optional[file].line(id, wordOf(file, id)));
  }

  async write(damaged: Readonly<Partial<Record<FileName, string | null>>> = {}): Promise<void> {
    const rows = (header: string, line: (id: string) => string): string =>
      `${[header, ...this.#ids.map(line)].join('\n')}\n`;
    const files = {
      patients: rows(
        'patient_id,mrn,first_name,last_name,birth_date,zip,city,identifiers_version',
        (id) => `P${id},M-${id},Ann,Lee,1980-01-02,78701,Austin ${this.#version},${this.#version}`,
      ),
      encounters: rows(
        'encounter_id,patient_id,class,status,started_at,ended_at,reason_name,clinical_version',
        (id) =>
          `V${id},P${id},outpatient,finished,2026-01-10 09:00,2026-01-10 09:30,Cough ${this.#version},${this.#version}`,
      ),
      ...Object.fromEntries(
        fileNames.map((name) => [name, `${[optional[name].header, ...this.linesOf(name)].join('\n')}\n`]),
      ),
      ...damaged,
    };
    for (const [name, text] of Object.entries(files)) {
      const path = join(this.#folder, 'extracts', `${name}.csv`);
      await (text === null ? rm(path, { force: true }) : writeFile(path, text, 'latin1'));
    }
  }

  /** The messages since the last call that lack a word which the EHR has. */
  lacking(): Lines {
    return this.#taken.splice(0).flatMap((message) => {
      const { kind, id } = subjectOf(message);
      const text = JSON.stringify(message);
      return fileNames
        .filter((name) => (optional[name].feeds as readonly Message[]).includes(kind))
        .filter((name) => !text.includes(wordOf(name, id)))
        .map((name) => `the ${kind} ${id} lacks its ${name}`);
    });
  }

  /** Rows whose newest version Redox lacks. */
  outdated(): Lines {
    const { patients, documents } = this.night.standIn.state();
    const isNew = (value: unknown): boolean => JSON.stringify(value ?? null).includes(` ${this.#version}"`);
    const documentOf = (visit: string): unknown =>
      [...documents.values()].find(({ id }) => id.endsWith(`^${visit}`))?.message;
    return this.#ids.flatMap((id) => [
      ...(isNew(patients.get(`M-${id}`)?.demographics) ? [] : [`P${id}`]),
      ...(isNew(documentOf(`V${id}`)) ? [] : [`V${id}`]),
      ...(documentOf(`summary.P${id}`) === undefined ? [`summary.P${id}`] : []),
    ]);
  }
}

function subjectOf(message: JsonObject): { readonly kind: Message; readonly id: string } {
  const text = JSON.stringify(message);
  const id = /"M-(\d+)"/.exec(text)?.[1] ?? '';
  if (!('Header' in message)) return { kind: 'patient', id };
  return { kind: text.includes('^summary.') ? 'summary' : 'visit', id };
}

let site: Site;
beforeAll(async () => {
  site = await Site.open();
  await site.write();
  expect((await site.night.nightly()).exitCode).toBe(0);
  expect(site.lacking()).toEqual([]);
});
afterAll(() => site.close());

const cases = (of: Readonly<Record<string, unknown>>): readonly { file: FileName; damage: string }[] =>
  fileNames.flatMap((file) => Object.keys(of).map((damage) => ({ file, damage })));

/** Changes every row, damages one line of each of the files, each of another patient, and expects a night that sends the others. */
async function expectOthersSent(
  damage: string,
  files: readonly FileName[],
  patientOf: (file: FileName) => number,
): Promise<void> {
  const damaged = files.map((file) => {
    const lines = site.linesOf(file).map((line, index) => (index === patientOf(file) ? damages[damage]?.(line) : line));
    return [file, `${[optional[file].header, ...lines].join('\n')}\n`] as const;
  });
  await site.write(Object.fromEntries(damaged));
  const night = await site.night.nightly();
  expect(night.posts).toBeGreaterThan(0);
  expect(site.lacking()).toEqual([]);
  expect(found(night).filter((line) => !line.startsWith('unread'))).toEqual([]);
  expect(night.csv('open-actions')).not.toEqual([]);
}

async function expectAllSent(): Promise<void> {
  await site.write();
  expect((await site.night.nightly()).exitCode).toBe(0);
  expect([site.lacking(), site.outdated()]).toEqual([[], []]);
}

describe('damaged lines take nothing from what is sent', () => {
  test.each(Object.keys(damages))('of known patients, with %s in every file', async (damage) => {
    site.work(0);
    await expectOthersSent(damage, fileNames, (file) => fileNames.indexOf(file));
  });

  test('and what was kept is sent from whole files', () => expectAllSent());

  // A lost line may be of any new patient, so one file hides what another does to the same message.
  test.each([
    { damage: 'a field too few', files: ['allergies', 'medications'] },
    { damage: 'bytes of the id that are no text', files: ['identifiers'] },
    { damage: 'a field too few', files: ['care_team'] },
    { damage: 'bytes of the id that are no text', files: ['insurances'] },
  ] as const)('of a new patient, with $damage in $files', async ({ damage, files }) => {
    site.work(1);
    await expectOthersSent(damage, files, () => site.patients - 1);
  });

  test('of new patients, with bytes of the word that are no text in every file', async () => {
    site.work(fileNames.length);
    const damage = 'bytes of the word that are no text';
    await expectOthersSent(damage, fileNames, (file) => site.patients - 1 - fileNames.indexOf(file));
    await expectAllSent();
  });
});

test('a plan is applied without what damaged files may lack', async () => {
  site.work(1);
  await site.write();
  const plan = await site.night.nightly({ planOnly: true });
  const damaged = fileNames.map((file, patient) => {
    const lines = site.linesOf(file).map((line, index) => (index === patient ? `${line},x` : line));
    return [file, `${[optional[file].header, ...lines].join('\n')}\n`] as const;
  });
  await site.write(Object.fromEntries(damaged));
  expect((await site.night.apply(plan.runId)).posts).toBeGreaterThan(0);
  expect(site.lacking()).toEqual([]);
  await expectAllSent();
});

describe('a night is refused', () => {
  test.each(cases(fileDamages))('whose file $file $damage', async ({ file, damage }) => {
    const lines = site.linesOf(file);
    await site.write({ [file]: fileDamages[damage]?.(optional[file].header, lines) ?? null });
    const refusal: unknown = await site.night.nightly().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Fault);
    expect(String(refusal)).toContain(`${file}.csv`);
    expect(site.lacking()).toEqual([]);
  });
});

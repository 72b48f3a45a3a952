import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contract, encounterColumns, mergeColumns, patientColumns } from '../../../src/contract/contract.ts';
import { variantOf } from '../../../src/ehr/contract/contract-files.ts';
import { UsageFault } from '../../../src/fault.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { Session } from '../../../src/postgres/session.ts';
import type { BuildOptions } from '../../../src/sandbox/clinic/build.ts';
import type { DayAccount } from '../../../src/sandbox/clinic/day/day-account.ts';
import { openClinic, type Clinic } from '../../../src/sandbox/clinic/clinic.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

type ContractRow = Readonly<Record<string, string | null>>;

const contractText = (file: string): string => readFileSync(join(packageRoot, 'sql/ehr/demo', file), 'utf8');
const textById = (file: string): string => variantOf(contractText(file), 'by_id') ?? '';

class TestClinic {
  static async open(): Promise<TestClinic> {
    const database = await freshDatabase();
    const session = await Session.open(database.url, { neighbour: 'the demo clinic', rawText: true });
    return new TestClinic(database, session, await openClinic(database.url));
  }

  readonly #database: TestDatabase;
  readonly #session: Session;
  readonly clinic: Clinic;

  private constructor(database: TestDatabase, session: Session, clinic: Clinic) {
    this.#database = database;
    this.#session = session;
    this.clinic = clinic;
  }

  async rows(file: string, ids?: readonly string[]): Promise<ContractRow[]> {
    const { rows } = await this.#session.query(file, contractText(file), ids === undefined ? [] : [ids]);
    return rows;
  }

  async byId(file: string, ids: readonly string[]): Promise<ContractRow[]> {
    return (await this.#session.query(file, textById(file), [ids])).rows;
  }

  async patient(id: string): Promise<ContractRow | undefined> {
    return (await this.byId('patients.sql', [id]))[0];
  }

  async byKey(entity: 'patient' | 'encounter'): Promise<Map<string, string>> {
    const rows = await this.rows(`${entity}s.sql`);
    return new Map(rows.map((row) => [row[contract[entity].key] ?? '', JSON.stringify(row)]));
  }

  async encounter(id: string): Promise<ContractRow | undefined> {
    return (await this.byId('encounters.sql', [id]))[0];
  }

  /** Everything that an EHR's contract gives, in an order of its own. */
  async everything(): Promise<unknown> {
    const byKey = (rows: ContractRow[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
    return {
      patients: byKey(await this.rows('patients.sql')),
      encounters: byKey(await this.rows('encounters.sql')),
      merges: byKey(await this.rows('merges.sql')),
      charts: await this.charts(),
    };
  }

  /** What is charted at all visits, by section, in an order of its own. */
  async charts(): Promise<Record<string, string[]>> {
    const visits = (await this.rows('encounters.sql')).map((row) => row['encounter_id'] ?? '');
    const charts: Record<string, string[]> = {};
    for (const file of readdirSync(join(packageRoot, 'sql/ehr/demo/sections'))) {
      charts[file] = (await this.rows(`sections/${file}`, visits)).map((row) => JSON.stringify(row)).sort();
    }
    return charts;
  }

  async close(): Promise<void> {
    await this.clinic.close();
    await this.#session.close();
    await this.#database.drop();
  }
}

async function inClinic(options: BuildOptions, work: (test: TestClinic) => Promise<void>): Promise<void> {
  const test = await TestClinic.open();
  try {
    await test.clinic.build(options);
    await work(test);
  } finally {
    await test.close();
  }
}

const small: BuildOptions = { patients: 500, visits: 2000, seed: 42, today: '2026-03-02' };
const share = (rows: readonly ContractRow[], holds: (row: ContractRow) => boolean): number =>
  rows.filter(holds).length / rows.length;

describe('a clinic just built', () => {
  let test: TestClinic;
  let patients: ContractRow[];
  let encounters: ContractRow[];
  let merges: ContractRow[];

  beforeAll(async () => {
    test = await TestClinic.open();
    await test.clinic.build(small);
    patients = await test.rows('patients.sql');
    encounters = await test.rows('encounters.sql');
    merges = await test.rows('merges.sql');
  });
  afterAll(() => test.close());

  it("gives the contract's columns that it records, one row per key", () => {
    // It records no suffixes, former names or persons to call, and of clinicians and places only names.
    expect(Object.keys(patients[0] ?? {})).toEqual(patientColumns.slice(0, patientColumns.indexOf('suffix')));
    expect(Object.keys(encounters[0] ?? {})).toEqual(
      encounterColumns.slice(0, encounterColumns.indexOf('provider_credentials')),
    );
    expect(Object.keys(merges[0] ?? {})).toEqual(mergeColumns);
    expect(new Set(patients.map((row) => row['patient_id'])).size).toBe(small.patients);
    expect(new Set(encounters.map((row) => row['encounter_id'])).size).toBe(small.visits);
  });

  it('gives the same rows by id as all at once', async () => {
    const key = (row: ContractRow, column: string): string => row[column] ?? '';
    const byId = await test.byId('patients.sql', patients.map((row) => key(row, 'patient_id')).slice(0, 50));
    expect(patients).toEqual(expect.arrayContaining(byId));
    expect(byId).toHaveLength(50);
    const visits = await test.byId('encounters.sql', encounters.map((row) => key(row, 'encounter_id')).slice(0, 50));
    expect(encounters).toEqual(expect.arrayContaining(visits));
    expect(visits).toHaveLength(50);
  });

  it('is of a plausible mixture, and a little messy', () => {
    const within = (value: number, lowest: number, highest: number): void => {
      expect(value).toBeGreaterThan(lowest);
      expect(value).toBeLessThan(highest);
    };
    within(
      share(patients, (row) => row['deceased'] === 't'),
      0.005,
      0.08,
    );
    within(
      share(patients, (row) => row['zip'] === null),
      0.005,
      0.12,
    );
    within(
      share(patients, (row) => row['race'] === 'HISP'),
      0,
      0.05,
    );
    within(
      share(patients, (row) => /^\(\d{3}\) 555-01\d\d$/.test(row['mobile_phone'] ?? '')),
      0.2,
      0.5,
    );
    within(
      share(encounters, (row) => row['status'] === 'finished'),
      0.75,
      0.95,
    );
    within(
      share(encounters, (row) => row['status'] === 'cancelled'),
      0.02,
      0.15,
    );
    within(
      share(encounters, (row) => row['status'] === 'planned'),
      0.01,
      0.08,
    );
    within(
      share(encounters, (row) => row['status'] === 'open'),
      0,
      0.03,
    );
    expect(new Set(encounters.map((row) => row['class'])).size).toBe(6);
  });

  it('has merged duplicate registrations, and has some left to merge', () => {
    expect(merges).toHaveLength(10);
    const retired = new Set(merges.map((row) => row['retired_patient_id']));
    expect(encounters.filter((row) => retired.has(row['patient_id'] ?? null))).toEqual([]);
    expect(patients.filter((row) => retired.has(row['patient_id'] ?? null))).toHaveLength(10);
    const taxNumbers = patients.map((row) => row['ssn']).filter((ssn) => ssn !== null);
    expect(taxNumbers.length - new Set(taxNumbers).size).toBe(20);
  });

  it('has no visit without its patient', () => {
    const known = new Set(patients.map((row) => row['patient_id']));
    expect(encounters.filter((row) => !known.has(row['patient_id']))).toEqual([]);
  });

  it('recorded nothing on or after the day to come', () => {
    const midnight = '2026-03-02 06:00:00+00'; // in America/Chicago
    // A missing time is after every other, and so fails.
    const never = '9999';
    for (const row of [...patients, ...encounters]) expect((row['updated_at'] ?? never) < midnight).toBe(true);
    for (const row of encounters) {
      if (row['status'] === 'planned') expect((row['started_at'] ?? '') >= '2026-03-02').toBe(true);
      if (row['status'] === 'finished') expect((row['started_at'] ?? never) < '2026-03-02').toBe(true);
    }
  });

  it('sees patients only between their birth and death', () => {
    const lives = new Map(patients.map((row) => [row['patient_id'], row]));
    for (const { patient_id, started_at } of encounters) {
      const { birth_date, deceased_at } = lives.get(patient_id) ?? {};
      const day = started_at?.slice(0, 10) ?? '';
      expect((birth_date ?? '9999') < day).toBe(true);
      expect(day <= (deceased_at ?? '9999')).toBe(true);
    }
  });

  it('prints visit times without a zone, and change times with one', () => {
    expect(encounters[0]?.['started_at']).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:00$/);
    expect(encounters[0]?.['updated_at']).toMatch(/\+00$/);
    expect(patients[0]?.['birth_date']).toMatch(/^\d{4}-\d\d-\d\d$/);
  });
});

describe('two clinics of the same seed and day', () => {
  it('hold the same rows, and live the same days', () =>
    inClinic(small, (one) =>
      inClinic({ ...small, seed: 7 }, async (other) => {
        expect(await other.everything()).not.toEqual(await one.everything());
        await other.clinic.build(small);
        expect(await other.everything()).toEqual(await one.everything());

        for (const day of ['2026-03-02', '2026-03-03']) {
          expect(await other.clinic.liveThroughDay(day)).toEqual(await one.clinic.liveThroughDay(day));
        }
        expect(await other.everything()).toEqual(await one.everything());
      }),
    ));

  it('hold the same first rows at any size', () =>
    inClinic({ ...small, patients: 30, visits: 10 }, async (test) => {
      const few = await test.rows('patients.sql');
      await test.clinic.build({ ...small, patients: 60, visits: 10 });
      expect(await test.rows('patients.sql')).toEqual(expect.arrayContaining(few));
    }));
});

describe('a day at the clinic', () => {
  const ordinary: BuildOptions = { patients: 2000, visits: 8000, seed: 1, today: '2026-03-02' };

  it('brings the requested number of edits of each kind', () =>
    inClinic(ordinary, async ({ clinic }) => {
      const account = await clinic.liveThroughDay('2026-03-02', { moves: 9, deletions: 1 });
      const counts = Object.entries<{ readonly length: number }>({ ...account, day: [] });
      expect(Object.fromEntries(counts.map(([kind, ids]) => [kind, ids.length]))).toMatchObject({
        newPatients: 6,
        movedPatients: 9,
        renamedPatients: 2,
        phoneChanges: 3,
        deceasedPatients: 1,
        silentlyRenamedPatients: 1,
        deletedPatients: 1,
        merges: 1,
        walkIns: 5,
        bookedVisits: 8,
        cancelledVisits: 2,
        dischargedVisits: 2,
        voidedVisits: 1,
        amendedVisits: 2,
        correctedVisits: 2,
        impossibleVisits: 1,
      });
      expect(account.finishedVisits.length).toBeGreaterThan(0);
    }));

  it('changes only what the account lists', () =>
    inClinic(ordinary, async (test) => {
      const before = { patients: await test.byKey('patient'), visits: await test.byKey('encounter') };
      const account = await test.clinic.liveThroughDay('2026-03-02', { deletions: 1 });
      const after = { patients: await test.byKey('patient'), visits: await test.byKey('encounter') };

      expect(differing(before.patients, after.patients)).toEqual(patientsIn(account).sort());
      const visits = visitsIn(account);
      expect(new Set(visits).size).toBe(visits.length);
      expect(visits).toEqual(expect.arrayContaining([...account.impossibleVisits]));
      const isMovedByMerge = (id: string): boolean =>
        account.merges.some(({ surviving }) => after.visits.get(id)?.includes(`"patient_id":"${surviving}"`) === true);
      const changed = differing(before.visits, after.visits);
      expect(changed).toEqual(expect.arrayContaining(visits));
      expect(changed.filter((id) => !visits.includes(id) && !isMovedByMerge(id))).toEqual([]);
    }));

  it('counts as entered that afternoon', () =>
    inClinic(small, async (test) => {
      const first = await test.clinic.liveThroughDay('2026-03-02');
      expect((await test.patient(first.movedPatients[0] ?? ''))?.['updated_at']).toBe('2026-03-02 23:00:00+00');
      const second = await test.clinic.liveThroughDay('2026-03-03', {}, { at: '2030-01-01T00:00:00Z' });
      expect((await test.patient(second.newPatients[0] ?? ''))?.['updated_at']).toBe('2030-01-01 00:00:00+00');
      expect((await test.encounter(second.walkIns[0] ?? ''))?.['updated_at']).toBe('2030-01-01 00:00:00+00');
    }));

  it('gives a visit that ends early, and a rename without `changed_at`', () =>
    inClinic(small, async (test) => {
      const before = await test.byKey('patient');
      const { impossibleVisits, silentlyRenamedPatients } = await test.clinic.liveThroughDay('2026-03-02');
      const visit = await test.encounter(impossibleVisits[0] ?? '');
      expect(visit?.['status']).toBe('finished');
      const { started_at, ended_at } = visit ?? {};
      expect(Date.parse(ended_at ?? '')).toBeLessThan(Date.parse(started_at ?? ''));

      const [id = ''] = silentlyRenamedPatients;
      const renamed = JSON.parse(before.get(id) ?? '{}') as ContractRow;
      const now = await test.patient(id);
      expect(now?.['last_name']).not.toBe(renamed['last_name']);
      expect({ ...now, last_name: renamed['last_name'] }).toEqual(renamed);
    }));

  it('can start in an empty clinic', () =>
    inClinic({ ...small, patients: 0, visits: 0 }, async ({ clinic }) => {
      const account = await clinic.liveThroughDay('2026-03-02', { newPatients: 2 });
      expect(account.newPatients).toEqual(['1000001', '1000002']);
      expect(account.movedPatients).toEqual([]);
    }));
});

function differing(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((id) => before.get(id) !== after.get(id)).sort();
}

const patientsIn = (account: DayAccount): string[] => [
  ...account.newPatients,
  ...account.movedPatients,
  ...account.renamedPatients,
  ...account.phoneChanges,
  ...account.deceasedPatients,
  ...account.silentlyRenamedPatients,
  ...account.deletedPatients,
];

const visitsIn = (account: DayAccount): string[] => [
  ...account.walkIns,
  ...account.bookedVisits,
  ...account.finishedVisits,
  ...account.admittedVisits,
  ...account.dischargedVisits,
  ...account.cancelledVisits,
  ...account.voidedVisits,
  ...account.amendedVisits,
  ...account.correctedVisits,
];

describe('an edit by hand', () => {
  let test: TestClinic;
  beforeAll(async () => {
    test = await TestClinic.open();
    await test.clinic.build(small);
  });
  afterAll(() => test.close());

  const [retired, surviving] = ['1000001', '1000002'];

  it('merges two patients with their visits, and undoes it completely', async () => {
    const ownersBefore = await owners();
    expect(ownersBefore.has(retired)).toBe(true);
    await test.clinic.mergePatients(retired, surviving);
    expect((await owners()).has(retired)).toBe(false);
    expect(await test.rows('merges.sql')).toContainEqual(expect.objectContaining({ retired_patient_id: retired }));

    await test.clinic.undoMerge(retired);
    expect(await owners()).toEqual(ownersBefore);
    expect(await test.rows('merges.sql')).not.toContainEqual(expect.objectContaining({ retired_patient_id: retired }));
  });

  async function owners(): Promise<Map<string | null | undefined, number>> {
    const counts = new Map<string | null | undefined, number>();
    for (const row of await test.rows('encounters.sql'))
      counts.set(row['patient_id'], (counts.get(row['patient_id']) ?? 0) + 1);
    return counts;
  }

  it('renames a patient, silently too', async () => {
    const before = await test.patient('1000003');
    await test.clinic.renamePatient('1000003', 'Silent', { silent: true });
    expect(await test.patient('1000003')).toEqual({ ...before, last_name: 'Silent' });
    await test.clinic.renamePatient('1000003', 'Loud', { at: '2026-03-02T12:00:00Z' });
    expect(await test.patient('1000003')).toEqual({
      ...before,
      last_name: 'Loud',
      updated_at: '2026-03-02 12:00:00+00',
    });
  });

  it('deletes a patient and leaves the visits as orphans', async () => {
    const visit = (await test.rows('encounters.sql')).find((row) => row['patient_id'] === '1000004');
    expect(visit).toBeDefined();
    await test.clinic.deletePatient('1000004');
    expect(await test.patient('1000004')).toBeUndefined();
    expect(await test.encounter(visit?.['encounter_id'] ?? '')).toEqual(visit);
  });

  it('cancels a visit, and moves one to another patient', async () => {
    await test.clinic.cancelVisit('20000000001');
    expect((await test.encounter('20000000001'))?.['status']).toBe('cancelled');
    await test.clinic.moveVisit('20000000002', '1000009');
    expect((await test.encounter('20000000002'))?.['patient_id']).toBe('1000009');
  });

  it('refuses an unknown id', async () => {
    await expect(test.clinic.renamePatient('1', 'Nobody')).rejects.toThrow(UsageFault);
    await expect(test.clinic.undoMerge('1000005')).rejects.toThrow(/nothing with id 1000005 to undo merge/);
  });
});

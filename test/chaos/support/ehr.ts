/** An EHR that lives: patients, their visits and merges, edited as by lot. Ids are what Redox is told. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Secret } from '../../../src/secret.ts';
import { Session } from '../../../src/postgres/session.ts';
import type { State } from '../../../src/sandbox/redox/state.ts';
import { documentOid } from '../../integration/redox/stand-in-client.ts';
import type { Dice } from './budget.ts';

const tables = `
  CREATE TABLE person (number serial, patient_id text PRIMARY KEY, last_name text);
  CREATE TABLE visit (number serial, encounter_id text PRIMARY KEY, patient_id text, reason text);
  CREATE TABLE merge (retired_patient_id text PRIMARY KEY, surviving_patient_id text)`;

export const encountersQuery = `
  SELECT encounter_id, patient_id, reason AS reason_name, 'outpatient' AS class, 'finished' AS status,
    timestamp '2026-02-01 09:00' AS started_at, timestamp '2026-02-01 09:30' AS ended_at
  FROM visit`;

export class LivingEhr {
  readonly contract: string;
  readonly #session: Session;
  #edits = 0;

  private constructor(contract: string, session: Session) {
    this.contract = contract;
    this.#session = session;
  }

  static async open(url: Secret, contract: string): Promise<LivingEhr> {
    const ehr = new LivingEhr(contract, await Session.open(url, { neighbour: 'the EHR' }));
    await ehr.sql(tables);
    await mkdir(contract, { recursive: true });
    await ehr.write('patients.sql', 'SELECT patient_id, last_name FROM person');
    await ehr.write('encounters.sql', encountersQuery);
    await ehr.write('merges.sql', 'SELECT retired_patient_id, surviving_patient_id FROM merge');
    return ehr;
  }

  /** Its contract says from here on when rows were updated. */
  async saysWhen(): Promise<void> {
    await this.sql(`
      ALTER TABLE person ADD COLUMN updated_at timestamptz DEFAULT clock_timestamp();
      ALTER TABLE visit ADD COLUMN updated_at timestamptz DEFAULT clock_timestamp();
      ALTER TABLE merge ADD COLUMN merged_at timestamptz DEFAULT clock_timestamp();
      CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at := clock_timestamp(); RETURN NEW; END $$;
      CREATE TRIGGER touch BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION touch();
      CREATE TRIGGER touch BEFORE UPDATE ON visit FOR EACH ROW EXECUTE FUNCTION touch()`);
    await this.write('patients.sql', 'SELECT patient_id, last_name, updated_at FROM person');
    await this.write('encounters.sql', encountersQuery.replace('FROM visit', ', updated_at FROM visit'));
    await this.write('merges.sql', 'SELECT retired_patient_id, surviving_patient_id, merged_at FROM merge');
  }

  async sql<Row extends object>(text: string): Promise<Row[]> {
    return (await this.#session.query('a statement of the EHR', text)).rows as Row[];
  }

  /** Replaces a query of the contract. */
  write(file: string, text: string): Promise<void> {
    return writeFile(join(this.contract, file), text);
  }

  /** Adds so many patients, each with two visits. */
  async grow(count: number): Promise<void> {
    this.#edits += 1;
    const batch = `'${this.#edits}-' || n`;
    await this.sql(`
      INSERT INTO person (patient_id, last_name) SELECT 'p' || ${batch}, 'Name' || n FROM generate_series(1, ${count}) AS n;
      INSERT INTO visit (encounter_id, patient_id, reason)
      SELECT 'v' || ${batch} || '-' || m, 'p' || ${batch}, 'Cough'
      FROM generate_series(1, ${count}) AS n, generate_series(1, 2) AS m`);
  }

  /** A day: new patients, new names, other reasons of visits, now and then a merge. */
  async live(dice: Dice): Promise<void> {
    await this.grow(8 + dice.number(12));
    const change = `${this.#edits}`;
    const remainder = dice.number(5);
    await this.sql(`
      UPDATE person SET last_name = 'Renamed${change}' WHERE number % 5 = ${remainder};
      UPDATE visit SET reason = 'Reason${change}' WHERE number % 5 = ${remainder};
      INSERT INTO merge
      SELECT one.patient_id, other.patient_id
      FROM person one, person other
      WHERE one.number = ${1 + dice.number(this.#edits * 10)} AND other.number = one.number + ${1 + dice.number(9)}
        AND NOT EXISTS (SELECT FROM merge WHERE one.patient_id IN (retired_patient_id, surviving_patient_id)
          OR other.patient_id = retired_patient_id)`);
  }

  /** Where Redox does not have what this EHR has; each a sentence. */
  async differences({ patients, documents }: State): Promise<string[]> {
    const people = await this.sql<{ patient_id: string; last_name: string; survivor: string | null }>(
      `SELECT patient_id, last_name, surviving_patient_id AS survivor
       FROM person LEFT JOIN merge ON retired_patient_id = patient_id`,
    );
    const owners = new Map(people.map(({ patient_id, survivor }) => [patient_id, survivor ?? patient_id]));
    const wrongPatients = people.flatMap(({ patient_id, last_name, survivor }) => {
      const stored = patients.get(patient_id);
      if (survivor !== null) {
        return stored === undefined || stored.mergedInto === survivor ? [] : [`${patient_id} is not merged`];
      }
      if (stored?.mergedInto !== null) return [`patient ${patient_id} is missing`];
      return stored.demographics['LastName'] === last_name ? [] : [`patient ${patient_id} has another name`];
    });
    const visits = await this.sql<{ encounter_id: string; patient_id: string; reason: string }>('SELECT * FROM visit');
    const wrongVisits = visits.flatMap(({ encounter_id, patient_id, reason }) => {
      const stored = documents.get(`${documentOid}^${encounter_id}`);
      if (stored === undefined) return [`document ${encounter_id} is missing`];
      const isUnderOwner = stored.patientId === owners.get(patient_id);
      const saysSo = JSON.stringify(stored.message).includes(`"${reason}"`);
      return [
        ...(isUnderOwner ? [] : [`document ${encounter_id} is under ${stored.patientId}`]),
        ...(saysSo ? [] : [`document ${encounter_id} has another reason`]),
      ];
    });
    const unknownRows = [...patients.keys()].filter((id) => !owners.has(id)).map((id) => `nobody is ${id}`);
    const surplus = documents.size > visits.length ? [`${documents.size} documents of ${visits.length} visits`] : [];
    return [...wrongPatients, ...wrongVisits, ...unknownRows, ...surplus];
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../src/config/config.ts';
import type { EncounterRow, PatientRow } from '../../src/contract/contract.ts';
import { Session } from '../../src/postgres/session.ts';

interface ClinicRows {
  readonly patients: readonly PatientRow[];
  readonly retiredPatients: ReadonlySet<string>;
  readonly encounters: readonly EncounterRow[];
}

interface ClinicAsked {
  readonly ehr: Pick<Config['ehr'], 'source' | 'contractFolder' | 'timeZone'>;
}

export async function readClinic({ ehr }: ClinicAsked): Promise<ClinicRows> {
  if (ehr.source.kind !== 'postgres') throw new Error('the clinic of the demo is a Postgres');
  const session = await Session.open(ehr.source.url, { neighbour: 'the demo clinic', rawText: true });
  const rows = async (file: string): Promise<unknown[]> =>
    (await session.query(file, readFileSync(join(ehr.contractFolder, file), 'utf8'))).rows;
  try {
    const merges = (await rows('merges.sql')) as { readonly retired_patient_id: string }[];
    return {
      patients: (await rows('patients.sql')) as PatientRow[],
      retiredPatients: new Set(merges.map(({ retired_patient_id }) => retired_patient_id)),
      encounters: (await rows('encounters.sql')) as EncounterRow[],
    };
  } finally {
    await session.close();
  }
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { NightResult } from '../support/night.ts';
import { site } from '../bad-input/site.ts';

const contract = {
  'patients.sql': 'SELECT patient_id, last_name, birth_date, deceased, deceased_at FROM patients',
  'encounters.sql': 'SELECT encounter_id, patient_id, status, started_at FROM encounters',
};

/** A site with one patient, and with what it says of the patient's death from night to night. */
async function clinicOfOne(): Promise<{
  readonly night: (deceased: string, deceasedAt: string) => Promise<NightResult>;
  readonly sent: () => Readonly<Record<string, unknown>>;
}> {
  const at = await site('csv', contract);
  const write = (name: string, text: string): Promise<void> => writeFile(join(at.folder, 'extracts', name), text);
  await write('encounters.csv', 'encounter_id,patient_id,status,started_at\nE1,P1,finished,2026-03-01 09:00:00\n');
  return {
    night: async (deceased, deceasedAt) => {
      const header = 'patient_id,last_name,birth_date,deceased,deceased_at';
      await write('patients.csv', `${header}\nP1,Miller,1950-05-01,${deceased},${deceasedAt}\n`);
      return at.nightly();
    },
    sent: () => {
      const { IsDeceased, DeathDateTime } = at.standIn.state().patients.get('P1')?.demographics ?? {};
      return { IsDeceased, DeathDateTime };
    },
  };
}

const openKinds = (night: NightResult): string[] => night.csv('open-actions').map(({ kind }) => kind ?? '');

describe('a living patient', () => {
  it.each(['9999-12-31', '9999-12-01', '1900-01-01', '0001-01-01', '1753-01-01', '9999-12-31 23:59:59'])(
    'is never sent as dead by the filler date %s',
    async (date) => {
      const clinic = await clinicOfOne();
      await clinic.night('N', date);
      expect(clinic.sent()).toEqual({ IsDeceased: false, DeathDateTime: undefined });
    },
  );

  it('is sent as living beside a contradicting date, and is listed', async () => {
    const clinic = await clinicOfOne();
    const night = await clinic.night('N', '2024-01-02');
    expect(clinic.sent()).toEqual({ IsDeceased: false, DeathDateTime: undefined });
    expect([night.exitCode, openKinds(night)]).toEqual([2, ['death_contradicted']]);
  });

  it('without a known state is sent without one, and is listed', async () => {
    const clinic = await clinicOfOne();
    const night = await clinic.night('', '9999-12-31');
    expect(clinic.sent()).toEqual({ IsDeceased: undefined, DeathDateTime: undefined });
    expect([night.exitCode, openKinds(night)]).toEqual([2, ['death_unclear']]);
  });
});

describe('a death', () => {
  it('without a possible date is sent without the date', async () => {
    const clinic = await clinicOfOne();
    await clinic.night('Y', '1900-01-01');
    expect(clinic.sent()).toEqual({ IsDeceased: true, DeathDateTime: undefined });
  });

  it('before the birth, or in the future, is sent without the date', async () => {
    const clinic = await clinicOfOne();
    await clinic.night('Y', '1949-01-01');
    expect(clinic.sent()).toEqual({ IsDeceased: true, DeathDateTime: undefined });
  });

  it('is sent by its date alone where deceased is empty', async () => {
    const clinic = await clinicOfOne();
    await clinic.night('', '2024-01-02');
    expect(clinic.sent()).toEqual({ IsDeceased: true, DeathDateTime: '2024-01-02' });
  });

  it.each([
    ['a filler date', '9999-12-31'],
    ['nothing', ''],
  ])('that Redox has is taken back once when the EHR has %s', async (_, date) => {
    const clinic = await clinicOfOne();
    await clinic.night('', '2024-01-02');
    const taken = await clinic.night('', date);
    expect(taken.taken).toEqual({ PatientUpdate: 1 });
    expect(clinic.sent()).toEqual({ IsDeceased: false, DeathDateTime: undefined });
    expect((await clinic.night('', date)).posts).toBe(0);
  });
});

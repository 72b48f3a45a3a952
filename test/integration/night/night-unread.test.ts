import { describe, expect, it } from 'vitest';
import { calls, found } from '../support/clinic-night.ts';
import { allergyLine, type ExtractNight, patientLine, syncedExtract, visitLine } from '../support/extract-night.ts';
import type { NightResult } from '../support/night.ts';

/** What could not be read of a damaged extract: it is not told, it is not gone, and it goes out once when the extract is mended. */

/** A line with a field too few. */
const torn = (line: string): string => line.split(',').slice(1).join(',');

/** The night is no clean one, and says which files were damaged. */
function expectSaid(night: NightResult, ...files: readonly string[]): void {
  expect(night.exitCode).toBe(2);
  const named = night.csv('open-actions').filter(({ entity, needs }) => entity === 'file' && needs === 'person');
  expect(named.map(({ entity_id }) => entity_id)).toEqual(files);
}

/** The next night tells what was left. */
async function expectSent(site: ExtractNight, ...sent: readonly string[]): Promise<void> {
  expect(calls(await site.nightly())).toEqual(sent.map((call) => `${call} accepted`));
}

it('a patient with an unreadable line keeps their change, visits and merges, and nobody is gone', async () => {
  const site = await syncedExtract(5);
  site.files.patients = [
    patientLine(1, { city: 'Waco' }),
    torn(patientLine(2, { city: 'Waco' })),
    patientLine(4),
    patientLine(5),
  ];
  site.files.encounters = [
    ...[visitLine(1, 1), visitLine(2, 2, 'Fever'), visitLine(3, 3), visitLine(4, 4), visitLine(5, 5)],
    visitLine(9, 2),
  ];
  site.files.merges = ['P5,P2,2026-02-01'];
  const night = await site.nightly();
  expect(calls(night)).toEqual(['PatientUpdate P1 accepted']);
  expect(found(night)).toEqual([
    'changed patient P1',
    'unread encounter V2 patient_unread',
    'unread encounter V9 patient_unread',
    'unread merge P5 survivor_unread',
    'unread patient P2 line_unread',
    'unread patient P3 line_unread',
  ]);
  expect(night.summary.patients).toMatchObject({ read: 5, unread: 2, gone: 0 });
  expect(night.summary.encounters).toMatchObject({ unread: 2, orphan: 0 });
  expect(night.summary.source.left_out).toEqual({ too_few_fields: 1 });
  expectSaid(night, 'patients.csv');

  site.files.patients = [1, 2, 4, 5].map((number) => patientLine(number, number < 3 ? { city: 'Waco' } : {}));
  const mended = await site.nightly();
  expect(calls(mended).toSorted()).toEqual(
    ['PatientMerge P5', 'PatientUpdate P2', 'VisitPush V2', 'VisitPush V9'].map((call) => `${call} accepted`),
  );
  expect(found(mended)).toContain('gone patient P3');
  expect((await site.nightly()).posts).toBe(0);
});

describe('a byte that is not text', () => {
  it('in a name leaves the patient unread, in a field without identity costs that field', async () => {
    const site = await syncedExtract(3);
    site.files.patients = [
      patientLine(1),
      patientLine(2, { city: 'Waco' }).replace('Ann', 'A\xffnn'),
      patientLine(3, { city: 'Wa\xffco' }),
    ];
    const night = await site.nightly();
    expect(calls(night)).toEqual(['PatientUpdate P3 accepted']);
    expect(found(night)).toEqual(['changed patient P3', 'unread patient P2 damaged']);
    expect(night.exitCode).toBe(2);
    expect(night.summary.source).toMatchObject({ left_out: {} });
    expect(night.summary.source.files).toMatchObject([{}, {}, {}, { file: 'patients.csv', damaged_fields: 2 }]);
    expect(night.csv('data-quality')).toMatchObject([
      { entity: 'file', entity_id: 'patients.csv', kind: 'not_utf8', column_name: 'first_name', line: '3' },
      { entity: 'file', entity_id: 'patients.csv', kind: 'not_utf8', column_name: 'city', line: '4' },
      { entity: 'patient', entity_id: 'P3', kind: 'damaged', column_name: 'city' },
    ]);
    const stored = site.night.standIn.state().patients.get('M-3')?.demographics as { Address: { City?: string } };
    expect(stored.Address.City ?? null).toBeNull();

    site.files.patients = [patientLine(1), patientLine(2, { city: 'Waco' }), patientLine(3)];
    await expectSent(site, 'PatientUpdate P2', 'PatientUpdate P3');
  });

  it('in an id hides the row, so nobody is gone', async () => {
    const site = await syncedExtract(3);
    site.files.patients = [patientLine(1), patientLine(2).replace('P2', 'P\xff2'), patientLine(3)];
    site.files.encounters = [visitLine(1, 1), visitLine(2, 2), visitLine(3, 3).replace('V3', '\xff')];
    const night = await site.nightly();
    expect(night.posts).toBe(0);
    expect(night.summary.patients).toMatchObject({ gone: 0, unread: 2 });
    expect(night.summary.encounters).toMatchObject({ gone: 0, unread: 2 });
    expect(night.exitCode).toBe(2);
  });
});

describe('merges with an unreadable line', () => {
  it('keep known merges, and keep unknown patients from being sent', async () => {
    const site = await syncedExtract(4);
    site.files.merges = ['P1,P2,2026-02-01', 'P3,P4,2026-02-01'];
    await site.nightly();
    site.files.merges = ['P1,P2', 'P3,P4,2026-02-01'];
    site.files.patients?.push(patientLine(5));
    site.files.encounters?.push(visitLine(5, 5));
    const night = await site.nightly();
    expect(night.posts).toBe(0);
    expect(found(night)).toEqual(['unread encounter V5 patient_unread', 'unread patient P5 merge_unread']);
    expect(site.night.standIn.state().patients.get('M-1')?.mergedInto).toBe('M-2');
    expectSaid(night, 'merges.csv');

    site.files.merges = ['P1,P2,2026-02-01', 'P3,P4,2026-02-01'];
    await expectSent(site, 'NewPatient P5', 'VisitPush V5');
  });

  it('never send a patient that the unreadable line may retire', async () => {
    const site = await syncedExtract(3);
    site.files.patients?.push(patientLine(4));
    site.files.merges = ['P1,P2,2026-02-01', 'P\xff4,P3,2026-02-01'];
    const night = await site.nightly();
    expect(calls(night)).toEqual(['PatientMerge P1 accepted']);
    expect(night.summary.patients).toMatchObject({ unread: 1 });

    site.files.merges = ['P1,P2,2026-02-01', 'P4,P3,2026-02-01'];
    await expectSent(site);
    expect(site.night.standIn.state().patients.has('M-4')).toBe(false);
  });
});

describe('a section with an unreadable line', () => {
  const allergies = [allergyLine(1, 'Latex'), allergyLine(1, 'Penicillin'), allergyLine(2, 'Peanut')];
  const broken: readonly (readonly [string, string])[] = [
    ['a field too few', 'V1,Penicillin,severe'],
    ['a stray quote', 'V1,,"Penicillin,severe'],
    ['a byte that is no text in the id', 'V\xff1,,Penicillin,severe'],
  ];

  it('however it is damaged, keeps visits with fewer rows, and sends the others', async () => {
    const site = await syncedExtract(3, allergies);
    for (const [how, line] of broken) {
      site.files.allergies = [allergyLine(1, 'Latex'), line, allergyLine(2, 'Peanut')];
      site.files.encounters = [visitLine(1, 1, how), visitLine(2, 2, how), visitLine(3, 3)];
      const night = await site.nightly();
      expect(calls(night), how).toEqual(['VisitPush V2 accepted']);
      expect(found(night), how).toContain('unread encounter V1 section_unread');
      expect(site.allergiesStored('V1'), how).toEqual(['Latex', 'Penicillin']);
    }

    site.files.allergies = allergies;
    await expectSent(site, 'VisitPush V1');
    expect(site.allergiesStored('V1')).toEqual(['Latex', 'Penicillin']);
    expect((await site.nightly()).posts).toBe(0);
  });

  it.each([
    ['another one twice', [allergyLine(1, 'Latex'), allergyLine(1, 'Latex')]],
    ['a new one', [allergyLine(1, 'Latex'), allergyLine(1, 'Dust')]],
  ])('is not made up for by %s', async (_, lines) => {
    const site = await syncedExtract(2, allergies);
    site.files.allergies = [...lines, 'V1,Penicillin,severe', allergyLine(2, 'Peanut')];
    const night = await site.nightly();
    expect(night.posts).toBe(0);
    expect(found(night)).toEqual(['unread encounter V1 section_unread']);
    expect(site.allergiesStored('V1')).toEqual(['Latex', 'Penicillin']);
  });

  it('is sent without an unreadable field, unless it names the thing', async () => {
    const site = await syncedExtract(2, allergies);
    site.files.allergies = [
      allergyLine(1, 'Latex').replace('severe', 'sev\xffere'),
      allergyLine(1, 'Penicillin'),
      allergyLine(2, 'Pea\xffnut'),
    ];
    const night = await site.nightly();
    expect(calls(night)).toEqual(['VisitPush V1 accepted']);
    expect(found(night)).toEqual(['changed encounter V1', 'unread encounter V2 section_unread']);
    expect(site.allergiesStored('V2')).toEqual(['Peanut']);

    site.files.allergies = allergies;
    await expectSent(site, 'VisitPush V1');
  });

  it('keeps a new visit from its first push', async () => {
    const site = await syncedExtract(2, allergies);
    site.files.allergies = [...allergies, 'V9,Penicillin,severe'];
    site.files.encounters?.push(visitLine(9, 1));
    const night = await site.nightly();
    expect(night.posts).toBe(0);
    expect(found(night)).toEqual(['unread encounter V9 section_unread']);
    expectSaid(night, 'allergies.csv');

    site.files.allergies = [...allergies, allergyLine(9, 'Penicillin')];
    await expectSent(site, 'VisitPush V9');
    expect(site.allergiesStored('V9')).toEqual(['Penicillin']);
  });
});

import { describe, expect, it } from 'vitest';
import { allergyLine, extractNight, patientLine, syncedExtract, visitLine } from '../support/extract-night.ts';
import { syncedLargeSite } from '../ehr/large-site.ts';

/** Nights whose source is implausible by itself, at sites of any size: refused before anything leaves, until a person vouches for it. */

const refused = (...said: readonly string[]): unknown =>
  expect.objectContaining({
    exitCode: 75,
    message: expect.stringMatching(
      new RegExp(said.map((text) => text.replace(/[()./?]/g, '\\$&')).join('.*'), 's'),
    ) as string,
  });

const allowLargeChange = true;
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('an extract', () => {
  it('with fewer than half of its rows needs --allow-large-change', async () => {
    const site = await syncedExtract(20);
    site.files.encounters = numbers(10).map((number) => visitLine(number, number));
    expect((await site.nightly()).summary.encounters.gone).toBe(10);
    site.files.encounters = numbers(4).map((number) => visitLine(number, number));
    await expect(site.nightly()).rejects.toEqual(
      refused('encounters.csv has 4 rows', 'read 10 rows from it', '--allow-large-change'),
    );
    expect((await site.nightly({ allowLargeChange })).summary.encounters.gone).toBe(16);
    expect((await site.nightly()).posts).toBe(0);
  });

  it('without one of its sections is refused at any size', async () => {
    const site = await syncedExtract(2, [allergyLine(1, 'Latex')]);
    site.files.allergies = null;
    await expect(site.nightly()).rejects.toEqual(refused('allergies.csv is gone', 'read 1 rows from it'));
    expect(site.allergiesStored('V1')).toEqual(['Latex']);
  });

  it('without a readable line is refused, and nobody is gone', async () => {
    const site = await syncedExtract(3);
    site.files.patients = numbers(3).map((number) => `${patientLine(number)},${'x'.repeat(number)}"`);
    const said = refused('all 3 lines of patients.csv were left out', 'stray_quote');
    await expect(site.nightly()).rejects.toEqual(said);
    const night = await site.nightly({ allowLargeChange });
    expect(night.posts).toBe(0);
    expect(night.summary.patients).toMatchObject({ gone: 0, unread: 3 });
  });
});

describe('all of an entity gone at once', () => {
  it.each([
    [11, true],
    [10, false],
  ])('of %i visits: refused is %s', async (count, isRefused) => {
    const site = await syncedLargeSite(count);
    await site.sql('DELETE FROM visit');
    const night = site.night.nightly();
    if (isRefused) await expect(night).rejects.toEqual(refused('all 11 visits in the ledger are gone'));
    else expect((await night).summary.encounters.gone).toBe(10);
  });
});

describe('a column that turns unreadable', () => {
  const born = (count: number, unreadable: number): string[] =>
    numbers(count).map((number) => patientLine(number, { born: number <= unreadable ? '02.XX.1980' : '1980-01-02' }));

  it('in 10 of the changed rows is refused, in 9 it passes', async () => {
    const site = await syncedExtract(40);
    site.files.patients = born(40, 10);
    await expect(site.nightly()).rejects.toEqual(
      refused('birth_date was readable in 10 of the changed patients', 'unreadable in 10'),
    );
    site.files.patients = born(40, 9);
    expect((await site.nightly()).taken).toEqual({ PatientUpdate: 9 });
  });

  it('in up to a fifth of the changed rows affects those rows', async () => {
    const site = await syncedExtract(60);
    site.files.patients = numbers(60).map((number) =>
      patientLine(number, { city: 'Waco', born: number <= 12 ? '02.XX.1980' : '1980-01-02' }),
    );
    expect((await site.nightly()).taken).toEqual({ PatientUpdate: 60 });
  });

  it('is refused in a first load of six, whose plan lists them', async () => {
    const site = await extractNight(6);
    site.files.patients = born(6, 6);
    const said = 'birth_date is unreadable in 6 of the 6 patients of this first load';
    await expect(site.nightly()).rejects.toEqual(refused(said));
    const planned = await site.nightly({ planOnly: true });
    expect(planned).toMatchObject({ posts: 0 });
    const listed = planned.csv('data-quality').filter(({ kind }) => kind === 'malformed');
    expect(listed.map(({ entity_id }) => entity_id)).toEqual(['P1', 'P2', 'P3', 'P4', 'P5', 'P6']);
    const { rows } = await site.night.ledger.query('the plan', 'SELECT refusal FROM run WHERE plan_only');
    expect(rows).toMatchObject([{ refusal: expect.stringContaining(said) as string }]);
    expect((await site.nightly({ allowLargeChange })).taken).toEqual({ NewPatient: 6, VisitPush: 6 });
  });
});

describe('ids that return in another spelling', () => {
  it('for three patients are refused, and named by a plan', async () => {
    const site = await syncedExtract(5);
    site.files.patients = [1, 2, 3].map((number) => patientLine(number).replace('P', 'p'));
    site.files.patients.push(patientLine(4), patientLine(5));
    await expect(site.nightly()).rejects.toEqual(refused('3 patients are gone, and as many new ones have ids'));
    const planned = await site.nightly({ planOnly: true });
    const named = planned.csv('open-actions').filter(({ reason }) => reason === 'similar_patient_id');
    expect(named.map(({ entity_id, detail }) => `${entity_id} ${detail}`)).toContain('P1 p1');
  });
});

import { describe, expect, it } from 'vitest';
import {
  encounters,
  encountersHeader,
  fieldSite,
  syncedSite,
  found,
  manyPatients,
  odd,
  open,
  patients,
  patientsHeader,
} from '../support/field-site.ts';

/** Deaths, dates and visits that cannot be true, and that would be told as if they were. */

const fillers = [
  '0000-00-00',
  '0000-00-00 00:00:00',
  '0001-01-01',
  '0001-01-01T00:00:00Z',
  '1601-01-01',
  '1753-01-01',
  '1753-01-01 00:00:00.000',
  '1899-12-30',
  '1899-12-31 00:00:00',
  '1900-01-01',
  '1900-01-01 00:00:00',
  '1970-01-01 00:00:00',
  '1970-01-01T00:00:00Z',
  '9999-12-01',
  '9999-12-31',
  '9999-12-31 23:59:59',
  '9999-12-31T23:59:59.997Z',
  '2999-01-01',
];
/** One patient for each of them. */
const each = (line: (filler: string) => string): string =>
  patientsHeader + fillers.map((filler, at) => `F${at + 10},N${at + 10},${line(filler)}\n`).join('');
const ids = fillers.map((_, at) => `N${at + 10}`);

describe('a death', () => {
  const sent = async (deceased: string): Promise<readonly string[]> => {
    const site = await fieldSite();
    const night = await site.run({
      'patients.csv': each((filler) => `Ana,,Smith,1980-05-04,F,1 Elm St,Madison,WI,53703,,${deceased},${filler}`),
      'encounters.csv': encountersHeader,
    });
    expect(night.taken).toEqual({ NewPatient: fillers.length });
    expect(odd(night).filter((line) => / (?:filler|impossible)_date deceased_at/.test(line))).toHaveLength(
      fillers.length,
    );
    expect(open(night)).toHaveLength(deceased === '' ? fillers.length : 0);
    expect(night.exitCode).toBe(deceased === '' ? 2 : 0);
    const says = ids.map((id) => site.stored(id));
    expect(says.filter((demographics) => 'DeathDateTime' in demographics)).toEqual([]);
    return [...new Set(says.map((demographics) => JSON.stringify([demographics['IsDeceased'] ?? null])))];
  };

  it('is never sent for a living patient with any filler date', async () => {
    expect(await sent('N')).toEqual(['[false]']);
  });

  it('is neither sent nor denied on a filler alone, and is listed', async () => {
    expect(await sent('')).toEqual(['[null]']);
  });

  it('that is certain is sent without an impossible date', async () => {
    expect(await sent('Y')).toEqual(['[true]']);
  });

  it('is denied beside a possible date, with a line for a person', async () => {
    const site = await fieldSite();
    const night = await site.run({ 'patients.csv': patients.replace('608-555-0101,N,', '608-555-0101,N,2026-01-05') });
    expect([night.exitCode, open(night)]).toEqual([2, ['death_contradicted patient P001 person']]);
    expect(site.stored('M0001')).toMatchObject({ IsDeceased: false });
    expect(site.stored('M0001')).not.toHaveProperty('DeathDateTime');
  });

  it('that was sent with a date is taken back once by a filler', async () => {
    const dated = (date: string): string => patients.replace('608-555-0101,N,', `608-555-0101,,${date}`);
    const site = await fieldSite();
    await site.run({ 'patients.csv': dated('2026-01-05') });
    expect(site.stored('M0001')).toMatchObject({ IsDeceased: true, DeathDateTime: '2026-01-05' });
    const night = await site.run({ 'patients.csv': dated('9999-12-31') });
    expect([night.taken, open(night)]).toEqual([{ PatientUpdate: 1 }, ['death_unclear patient P001 person']]);
    expect(site.stored('M0001')).toMatchObject({ IsDeceased: false });
    expect((await site.run({ 'patients.csv': dated('9999-12-01') })).taken).toEqual({ PatientUpdate: 1 });
    expect(site.stored('M0001')).not.toHaveProperty('IsDeceased');
  });
});

it('a filler as birth date is unsent, and needs --allow-large-change for everybody', async () => {
  const files = {
    'patients.csv': each((filler) => `Ana,,Smith,${filler},F,1 Elm St,Madison,WI,53703,,N,`),
    'encounters.csv': encountersHeader,
  };
  const site = await fieldSite();
  const count = fillers.length;
  expect((await site.refusal(files)).message).toContain(
    `birth_date is unreadable in ${count} of the ${count} patients`,
  );
  const night = await site.run(files, { allowLargeChange: true });
  expect(odd(night)).toHaveLength(count);
  expect(ids.filter((id) => 'DOB' in site.stored(id))).toEqual([]);
});

it('FILLER_DATES removes a date from the list and adds another', async () => {
  const site = await fieldSite({ settings: { FILLER_DATES: '+1901-01-01,-1900-01-01' } });
  const night = await site.run({
    'patients.csv': patients.replace('1980-05-04', '1900-01-01').replace('1975-11-30', '1901-01-01'),
  });
  expect(odd(night)).toEqual(['P002 filler_date birth_date']);
  expect(site.stored('M0001')).toMatchObject({ DOB: '1900-01-01' });
  expect(site.stored('M0002')).not.toHaveProperty('DOB');
});

it('a filler as end is unsent; the visit is sent', async () => {
  const site = await fieldSite();
  const night = await site.run({
    'encounters.csv': encounters
      .replace('2026-03-02 09:30:00', '9999-12-31')
      .replace('2026-03-03 10:20:00', '9999-12-31 23:59:59')
      .replace('2026-03-06 12:00:00', '9999-12-31 23:59:59.997')
      .replace('2026-03-05 14:15:00', '1900-01-01'),
  });
  const visits = ['E1', 'E2', 'E3', 'E4'];
  expect([night.exitCode, odd(night)]).toEqual([0, visits.map((id) => `${id} filler_date ended_at`)]);
  expect(site.storedVisits()).toEqual(visits);
  expect(JSON.stringify(visits.map((id) => site.document(id)))).not.toMatch(/EndDateTime|9999|1900/);
});

describe('a finished visit', () => {
  it('with impossible times is unsent, and goes once it is mended', async () => {
    const nextYear = new Date().getFullYear() + 1;
    const impossible: readonly (readonly [string, string])[] = [
      [',', 'no_times'],
      ['1900-01-01,9999-12-31', 'no_times'],
      ['2026-03-03 10:00:00,2026-03-02 10:00:00', 'ends_before_start'],
      [`${nextYear}-12-31,`, 'starts_in_future'],
      [`,${nextYear}-12-31`, 'starts_in_future'],
      ['1970-03-03,1970-03-04', 'ends_before_birth'],
    ];
    const visits = (times: (given: string) => string): string =>
      encounters + impossible.map(([one], at) => `X${at},P002,outpatient,finished,${times(one)},ache\n`).join('');
    const wrong = visits((given) => given);
    const site = await syncedSite({}, {});
    const night = await site.run({ 'encounters.csv': wrong });
    expect([night.exitCode, night.taken]).toEqual([2, {}]);
    expect(found(night)).toEqual(impossible.map(([, detail], at) => `invalid encounter X${at} ${detail}`));
    const next = await site.run({ 'encounters.csv': wrong });
    expect([next.taken, open(next)]).toEqual([
      {},
      impossible.map((_, at) => `blocked encounter X${at} implausible_visit person`),
    ]);
    const mended = await site.run({ 'encounters.csv': visits(() => '2026-03-03 10:00:00,2026-03-03 10:20:00') });
    expect({ exitCode: mended.exitCode, taken: mended.taken, open: open(mended) }).toEqual({
      exitCode: 0,
      taken: { VisitPush: impossible.length },
      open: [],
    });
  });

  it('keeps its version at Redox while its times are impossible', async () => {
    const site = await syncedSite({}, {});
    const night = await site.run({
      'encounters.csv': encounters.replace('2026-03-03 10:20:00,back', '2026-03-01 10:20:00,neck'),
    });
    expect(night.taken).toEqual({});
    expect(site.document('E2')).toMatchObject({ Header: { Document: { Visit: { Reason: 'back pain' } } } });
  });

  it('is pushed without an end when it has none', async () => {
    const site = await fieldSite();
    const night = await site.run({ 'encounters.csv': encounters.replace('2026-03-02 09:30:00', '') });
    expect([night.exitCode, site.storedVisits()]).toEqual([0, ['E1', 'E2', 'E3', 'E4']]);
    expect(site.document('E1')).not.toHaveProperty('Header.Document.Visit.EndDateTime');
  });
});

it('appears in a plan with every value that a night lists', async () => {
  const files = {
    'patients.csv': manyPatients(8, (row) => (row < 'P003' ? row.replace(/1980-05-04/, '1900-01-01') : row)),
    'encounters.csv': encountersHeader,
  };
  const site = await fieldSite();
  const plan = await site.run(files, { planOnly: true });
  expect(site.storedIds()).toEqual([]);
  const night = await site.run(files);
  expect(odd(plan)).toEqual(['P001 filler_date birth_date', 'P002 filler_date birth_date']);
  expect(odd(night)).toEqual(odd(plan));
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ehr } from '../../../src/ehr/ehr.ts';
import { ehrSite, scanned, scannedIds, someEncounters, somePatients, type EhrSite } from '../support/ehr-site.ts';

let site: EhrSite;
beforeAll(async () => {
  site = await ehrSite();
});
afterAll(() => site.drop());

/** An EHR whose patients are these rows of id and `updated_at`, an SQL expression. */
function withUpdates(updates: Readonly<Record<string, string>>): Promise<Ehr> {
  const rows = Object.entries(updates).map(([id, updatedAt]) => `('${id}', ${updatedAt})`);
  return site.open({
    'patients.sql': `SELECT * FROM (VALUES ${rows.join(', ')}) AS p (patient_id, updated_at)`,
    'encounters.sql': someEncounters,
  });
}

/** An EHR whose visits have these times, as SQL expressions. */
function withVisits(visits: Readonly<Record<string, string>>, columns = 'started_at, ended_at, status'): Promise<Ehr> {
  const rows = Object.entries(visits).map(([id, values]) => `('${id}', 'p', ${values})`);
  return site.open({
    'patients.sql': somePatients,
    'encounters.sql': `SELECT * FROM (VALUES ${rows.join(', ')}) AS e (encounter_id, patient_id, ${columns})`,
  });
}

const at = (iso: string): Date => new Date(iso);

describe('updated rows', () => {
  it('are those at or after the moment, and those without a time', async () => {
    const ehr = await withUpdates({
      before: "timestamptz '2026-03-01 11:59:59.999+00'",
      at: "timestamptz '2026-03-01 12:00+00'",
      never: 'NULL',
      always: "'infinity'",
    });
    const since = at('2026-03-01T12:00:00Z');
    expect(await scannedIds(ehr, 'patient', { kind: 'updated', since })).toEqual(['always', 'at', 'never']);
  });

  it('between two moments include the first and exclude the second', async () => {
    const ehr = await withUpdates({
      before: "timestamptz '2026-03-01 11:59:59.999+00'",
      first: "timestamptz '2026-03-01 12:00+00'",
      last: "timestamptz '2026-03-01 12:59:59.999+00'",
      after: "timestamptz '2026-03-01 13:00+00'",
      never: 'NULL',
    });
    const window = { from: at('2026-03-01T12:00:00Z'), to: at('2026-03-01T13:00:00Z') };
    expect(await scannedIds(ehr, 'patient', { kind: 'updated_between', ...window })).toEqual(['first', 'last']);
  });

  it('with wall-clock times in the repeated hour count as the later', async () => {
    // In Chicago 01:30 on this day is 06:30 and again 07:30 UTC.
    const ehr = await withUpdates({ repeated: "timestamp '2026-11-01 01:30'", before: "timestamp '2026-11-01 00:59'" });
    const updatedSince = (iso: string): Promise<string[]> =>
      scannedIds(ehr, 'patient', { kind: 'updated', since: at(iso) });
    expect(await updatedSince('2026-11-01T06:45:00Z')).toEqual(['repeated']);
    expect(await updatedSince('2026-11-01T07:30:00Z')).toEqual(['repeated']);
    expect(await updatedSince('2026-11-01T07:30:00.001Z')).toEqual([]);
    expect(await scanned(ehr, 'patient')).toContainEqual(expect.stringMatching(/^2026-11-01 07:30:00\+00\trepeated\t/));
    const fetched = await ehr.fetch('patient', ['repeated']);
    expect(fetched.get('repeated')?.[0]?.updatedAt).toEqual(at('2026-11-01T07:30:00Z'));
  });

  it('with wall-clock times are found around the missing hour', async () => {
    const ehr = await withUpdates({ before: "timestamp '2026-03-08 01:59'", after: "timestamp '2026-03-08 03:00'" });
    const since = at('2026-03-08T08:00:00Z');
    expect(await scannedIds(ehr, 'patient', { kind: 'updated', since })).toEqual(['after']);
  });

  it("with dates count as updated at the site's end of that day", async () => {
    const ehr = await withUpdates({ thatDay: "date '2026-03-01'", dayBefore: "date '2026-02-28'" });
    // Midnight at the end of 1 March in Chicago is 06:00 UTC.
    const updatedSince = (iso: string): Promise<string[]> =>
      scannedIds(ehr, 'patient', { kind: 'updated', since: at(iso) });
    expect(await updatedSince('2026-03-01T05:59:59Z')).toEqual(['dayBefore', 'thatDay']);
    expect(await updatedSince('2026-03-02T05:59:59Z')).toEqual(['thatDay']);
    expect(await updatedSince('2026-03-02T06:00:00Z')).toEqual([]);
    const wholeDay = { from: at('2026-03-01T06:00:00Z'), to: at('2026-03-02T06:00:00Z') };
    expect(await scannedIds(ehr, 'patient', { kind: 'updated_between', ...wholeDay })).toEqual(['thatDay']);
  });

  it('with texts are those at or after the moment, and unreadable ones', async () => {
    const ehr = await withUpdates({
      before: "'2026-03-01T11:59:59.999Z'",
      at: "'2026-03-01 12:00:00+00'",
      wallClock: "' 2026-03-01 06:00 '",
      wholeDay: "'2026-03-01'",
      dayBefore: "'2026-02-28'",
      zero: "'0000-00-00 00:00:00'",
      noSuchDay: "'2026-02-30'",
      otherOrder: "'03/01/2026 06:00'",
      blank: "' '",
      never: 'NULL',
      lastOfAll: "'9999-12-31 23:59:59'",
    });
    const since = at('2026-03-01T12:00:00Z');
    const says = ['at', 'wallClock', 'wholeDay'];
    const saysNothing = ['blank', 'lastOfAll', 'never', 'noSuchDay', 'otherOrder', 'zero'];
    expect(await scannedIds(ehr, 'patient', { kind: 'updated', since })).toEqual([...says, ...saysNothing].sort());
    const window = { from: since, to: at('2026-03-02T06:00:00Z') };
    expect(await scannedIds(ehr, 'patient', { kind: 'updated_between', ...window })).toEqual(says);
  });

  it('with unreadable texts are malformed when fetched, blank ones are absent', async () => {
    const ehr = await withUpdates({ zero: "'0000-00-00'", blank: "''", never: 'NULL', fine: "'2026-03-01 06:00'" });
    const fetched = [...(await ehr.fetch('patient', ['zero', 'blank', 'never', 'fine'])).entries()];
    const found = fetched.filter(([, [row]]) => row !== undefined && row.findings.length > 0);
    expect(found.map(([id, [row]]) => [id, row?.updatedAt, row?.findings])).toEqual([
      ['zero', null, [{ column: 'updated_at', problem: 'malformed' }]],
    ]);
  });

  it('are refused without updated_at in the contract, with an alternative', async () => {
    const ehr = await site.open({ 'patients.sql': somePatients, 'encounters.sql': someEncounters });
    expect(ehr.hasUpdatedAt('patient')).toBe(false);
    const asking = scanned(ehr, 'patient', { kind: 'updated', since: at('2026-03-01T00:00:00Z') });
    await expect(asking).rejects.toThrow(/patients\.sql has no column updated_at.*add the column/);
  });
});

describe('visits active in a window', () => {
  const noon = { kind: 'active_between', from: at('2026-03-01T12:00:00Z'), to: at('2026-03-01T13:00:00Z') } as const;

  it('are those that overlap it, a single known time as a moment', async () => {
    const t = (time: string): string => (time === '' ? 'NULL::timestamptz' : `timestamptz '2026-03-01 ${time}+00'`);
    const visit = (start: string, end: string, status = 'finished'): string => `${t(start)}, ${t(end)}, '${status}'`;
    const ehr = await withVisits({
      endsAtItsStart: visit('11:00', '12:00'),
      reachesIn: visit('11:00', '12:01'),
      spans: visit('01:00', '23:00'),
      momentAtItsStart: visit('12:00', '12:00'),
      startsAtItsEnd: visit('13:00', '14:00'),
      onlyStart: visit('12:30', ''),
      onlyStartBefore: visit('11:30', ''),
      onlyEnd: visit('', '12:30'),
      stillOpen: visit('01:00', '', 'open'),
      noTimes: visit('', ''),
    });
    expect(await scannedIds(ehr, 'encounter', noon)).toEqual([
      'momentAtItsStart',
      'onlyEnd',
      'onlyStart',
      'reachesIn',
      'spans',
      'stillOpen',
    ]);
  });

  it('are found where times are text, despite text that is no time', async () => {
    const visit = (start: string, end = 'NULL'): string => `'${start}', ${end}`;
    const ehr = await withVisits(
      {
        instant: visit('2026-03-01T12:30:00Z'),
        offset: visit('2026-03-01 06:30:00.123-06:00'),
        wallClock: visit(' 2026-03-01 06:30 '),
        wholeDay: visit('2026-03-01'),
        dayBefore: visit('2026-02-28'),
        untilThatDay: visit('2026-02-01', "'2026-03-01'"),
        untilDayBefore: visit('2026-02-01', "'2026-02-28'"),
        nextDay: visit('2026-03-02'),
        noSuchDay: visit('2026-02-30'),
        noLeapYear: visit('2026-02-29T12:00:00Z'),
        noSuchHour: visit('2026-03-01T24:30:00Z'),
        otherOrder: visit('03/01/2026'),
        words: visit('yesterday'),
        nothing: visit(''),
      },
      'started_at, ended_at',
    );
    expect(await scannedIds(ehr, 'encounter', noon)).toEqual(['instant', 'offset', 'untilThatDay', 'wallClock']);
    const leapDay = { from: at('2024-02-29T00:00:00Z'), to: at('2024-03-01T00:00:00Z') };
    const leap = await withVisits({ leap: visit('2024-02-29T12:00:00Z') }, 'started_at, ended_at');
    expect(await scannedIds(leap, 'encounter', { kind: 'active_between', ...leapDay })).toEqual(['leap']);
  });

  it('are refused where the contract has neither time', async () => {
    const ehr = await site.open({ 'patients.sql': somePatients, 'encounters.sql': someEncounters });
    await expect(scanned(ehr, 'encounter', noon)).rejects.toThrow(
      /encounters\.sql has neither started_at nor ended_at/,
    );
  });

  it('come with the merges made in it', async () => {
    const merges = (columns: string): Promise<Ehr> =>
      site.open({
        'patients.sql': somePatients,
        'encounters.sql': someEncounters,
        'merges.sql': `SELECT ${columns} FROM (VALUES ('in', timestamptz '2026-03-01 12:00+00'), ('out', timestamptz '2026-03-01 13:00+00'), ('unknown', NULL)) AS m (id, at)`,
      });
    const timed = await merges("id AS retired_patient_id, 's' AS surviving_patient_id, at AS merged_at");
    expect(timed.columnsOf('merge').size).toBeGreaterThan(0);
    expect(await scanned(timed, 'merge', noon)).toEqual(['2026-03-01 12:00:00+00\tin\ts\t2026-03-01 12:00:00+00']);
    expect(await scanned(timed, 'merge')).toHaveLength(3);
    const untimed = await merges("id AS retired_patient_id, 's' AS surviving_patient_id");
    expect(await scanned(untimed, 'merge', noon)).toEqual([]);
    expect(await scanned(untimed, 'merge')).toContain('\\N\tin\ts\t\\N');
  });
});

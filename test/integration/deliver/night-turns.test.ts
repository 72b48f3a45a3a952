import { expect, it } from 'vitest';
import { calls, type ClinicNight, syncedClinic, unsyncedClinic } from '../support/clinic-night.ts';
import type { NightResult } from '../support/night.ts';

/** Whose turn it is, where not everybody can be told in one night. */

/** Persons as Redox holds them, whoever is active last first: by the newest update of a row of theirs, merged patients' included. */
const byActivity = `
  WITH RECURSIVE chain AS (
    SELECT person_id AS person, person_id AS survivor FROM clinic.person
    UNION
    SELECT chain.person, m.surviving_person_id
    FROM chain JOIN clinic.merge_log m ON m.retired_person_id = chain.survivor AND m.undone_at IS NULL
  ),
  activity AS (
    SELECT person_id, changed_at FROM clinic.person
    UNION ALL
    SELECT person_id, changed_at FROM clinic.visit WHERE person_id IS NOT NULL
  )
  SELECT survivor::text AS id
  FROM chain JOIN activity ON activity.person_id = chain.person
  WHERE survivor NOT IN (SELECT retired_person_id FROM clinic.merge_log WHERE undone_at IS NULL)
  GROUP BY survivor
  ORDER BY max(changed_at) DESC, survivor::text COLLATE "C"`;

const persons = async (site: ClinicNight): Promise<string[]> =>
  (await site.sql<{ id: string }>(byActivity)).map(({ id }) => id);

/** Whose NewPatient a night has sent, in the order in which they were sent. */
const sentIn = (night: NightResult): string[] =>
  night
    .csv('calls')
    .filter(({ event_type, kind }) => event_type === 'NewPatient' && kind === 'accepted')
    .sort((one, other) => (one['sending_at'] ?? '').localeCompare(other['sending_at'] ?? ''))
    .map(({ entity_id }) => entity_id ?? '');

it('sends the most recently active persons first, night after night', async () => {
  const site = await unsyncedClinic({ CONCURRENCY: '1' });
  // Who was active last is not who comes first by id, nor whose own row is newest.
  const [oldest] = await site.visitsOf((await site.patients()).at(-1) ?? '');
  await site.sql("UPDATE clinic.visit SET changed_at = now() + interval '1 minute' WHERE visit_id = $1", [oldest]);
  const order = await persons(site);
  const sent: string[] = [];
  for (let nights = 0; nights < 20; nights += 1) {
    const night = await site.night.nightly({ maxCalls: 100 });
    const inNight = sentIn(night);
    sent.push(...inNight);
    if (night.exitCode === 0) break;
    // Lanes overlap, so a night is looked at as a whole: it tells whose turn it is, and nobody else.
    expect([...inNight].sort()).toEqual(order.slice(sent.length - inNight.length, sent.length).sort());
  }
  expect(sent).toHaveLength(order.length);
  await site.expectRedoxIsTrue();
});

it('sends persons at Redox first: their data is wrong, not just missing', async () => {
  const site = await unsyncedClinic({ CONCURRENCY: '1' });
  await site.night.nightly({ maxCalls: 120 });
  const { rows } = await site.night.ledger.query(
    'the known',
    "SELECT patient_id FROM patient WHERE presence = 'present'",
  );
  const known = rows.map(({ patient_id }: { patient_id?: string }) => patient_id ?? '');
  const [patient = ''] = (await site.patients()).filter((id) => known.includes(id));
  await site.clinic.renamePatient(patient, 'Changed');
  // All the others were active later still.
  await site.sql("UPDATE clinic.person SET changed_at = now() + interval '1 hour' WHERE person_id::text <> ALL ($1)", [
    `{${known.join(',')}}`,
  ]);
  const night = await site.night.nightly({ maxCalls: 20 });
  expect(sentIn(night)).not.toHaveLength(0);
  expect(calls(night)).toContain(`PatientUpdate ${patient} accepted`);
  await site.night.nightly();
  await site.expectRedoxIsTrue();
});

it('sends an applied plan in its planned order', async () => {
  const site = await unsyncedClinic({ CONCURRENCY: '1' });
  const order = await persons(site);
  const { runId } = await site.night.nightly({ planOnly: true });
  const night = await site.night.apply(runId);
  expect(sentIn(night).slice(0, 5).sort()).toEqual(order.slice(0, 5).sort());
});

it('skips the ranking, which reads every row, in a quiet night', async () => {
  const site = await syncedClinic();
  await site.sql(
    `INSERT INTO clinic.visit (visit_id, person_id, department_id, state, began_at, note_version, changed_at)
     SELECT 100000 + number, person_id, 101, 'SCHED', '2026-04-01', 1, now()
     FROM generate_series(1, 1000) AS number, (SELECT min(person_id) AS person_id FROM clinic.person) AS any_person`,
  );
  const [patient] = await site.somePatients();
  await site.clinic.renamePatient(patient, 'Changed');
  expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${patient} accepted`]);
  expect((await site.night.ledger.query('the ranks', 'SELECT FROM stage_rank')).rowCount).toBe(0);
});

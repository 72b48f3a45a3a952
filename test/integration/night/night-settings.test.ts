import { expect, it } from 'vitest';
import { syncedClinic } from '../support/clinic-night.ts';

/** Settings that change messages: another value makes every row a candidate, and sends those whose message differs. */

it('sends again what another SEND_SSN changes, once', async () => {
  const site = await syncedClinic();
  const ssnOf = (): number =>
    [...site.night.standIn.state().patients.values()].filter(({ demographics }) => 'SSN' in demographics).length;
  const known = ssnOf();
  expect(known).toBeGreaterThan(0);

  const never = { settings: { SEND_SSN: 'never' }, allowLargeChange: true };
  const without = await site.night.nightly(never);
  expect(without.taken).toEqual({ PatientUpdate: known });
  expect(without.summary.calls.VisitPush).toMatchObject({ unneeded: without.summary.encounters.due });
  expect(ssnOf()).toBe(0);
  expect((await site.night.nightly(never)).posts).toBe(0);

  const everywhere = await site.night.nightly({ settings: { SEND_SSN: 'everywhere' }, allowLargeChange: true });
  expect(everywhere.taken['PatientUpdate']).toBe(known);
  expect(everywhere.taken['VisitPush']).toBeGreaterThan(0);
});

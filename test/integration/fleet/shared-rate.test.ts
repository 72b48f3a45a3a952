import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Session } from '../../../src/postgres/session.ts';
import { Secret } from '../../../src/secret.ts';
import { type ClinicNight, syncedClinic, tinyClinic } from '../support/clinic-night.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { platformSettings } from '../support/night.ts';

/** What the jobs of a site take from a rate that they share. */

let database: TestDatabase;
let session: Session;
beforeAll(async () => {
  database = await freshDatabase();
  session = await Session.open(database.url, { neighbour: 'the test' });
});
afterAll(async () => {
  await session.close();
  await database.drop();
});

const sharing = (address: string): Record<string, string> => ({
  RATE_BUDGET_URL: database.url.reveal(),
  RATE_ADDRESS: address,
});

async function leases(address: string): Promise<unknown> {
  const { rows } = await session.query(
    'the leases',
    `SELECT sum(calls)::integer AS calls, count(*) FILTER (WHERE ended_at IS NULL)::integer AS open
     FROM redox_fleet.rate_lease WHERE address = $1`,
    [address],
  );
  return rows[0];
}

describe('a night with a shared rate', () => {
  test('takes a lease for every call and for the token, and gives them back', async () => {
    const site = await tinyClinic(sharing('night'));
    const night = await site.night.nightly();
    expect(night.exitCode).toBe(0);
    expect(await leases('night')).toEqual({ calls: night.posts + 1, open: 0 });
    await site.expectRedoxIsTrue();
  });

  test('ends with 69 where the budget stays away, and sends nothing', async () => {
    const away = new URL(database.url.reveal());
    away.port = '1';
    const site = await tinyClinic({ RATE_BUDGET_URL: new Secret(away.href).reveal(), RATE_BUDGET_PATIENCE: '0s' });
    await expect(site.night.nightly()).rejects.toMatchObject({
      exitCode: 69,
      message: expect.stringContaining('RATE_BUDGET_PATIENCE') as string,
    });
    expect(site.night.standIn.requests().posts).toBe(0);
  });
});

describe('what is asked of Redox beside a night', () => {
  /** Requests of any kind, tokens included. */
  const requests = ({ night }: ClinicNight): number => {
    const { posts, platformRequests, tokenRequests } = night.standIn.requests();
    return posts + platformRequests + tokenRequests;
  };

  test.each(['audit', 'confirm'] as const)('takes a lease for every request of %s', async (job) => {
    const site = await syncedClinic({ CONFIRM_WITHIN: '0s', ...platformSettings });
    const before = requests(site);
    await site.night[job]({ settings: sharing(job) });
    const made = requests(site) - before;
    expect(made).toBeGreaterThan(2);
    expect(await leases(job)).toEqual({ calls: made, open: 0 });
  });
});

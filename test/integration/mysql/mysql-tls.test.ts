import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../../../src/fault.ts';
import { MysqlSession } from '../../../src/mysql/session.ts';
import { Secret } from '../../../src/secret.ts';
import { mariadbd, mysqlCertificates } from '../support/mysql/server.ts';
import { type MysqlSite, mysqlSite } from '../support/mysql/site.ts';

describe.skipIf(mariadbd === null)('TLS to a MariaDB whose certificate is for localhost', () => {
  let site: MysqlSite;
  beforeAll(async () => {
    site = await mysqlSite();
    await site.sql(
      "CREATE USER IF NOT EXISTS secured IDENTIFIED BY 'hush' REQUIRE SSL; GRANT SELECT ON *.* TO secured",
    );
  });
  afterAll(() => site.drop());

  /** The cipher of a session, or what the failure says. */
  async function opened(query: string, host = 'localhost'): Promise<string> {
    const url = new URL(site.url.reveal());
    Object.assign(url, { hostname: host, username: 'secured', password: 'hush', search: query });
    const options = { limit: { ms: 0, yields: false }, stop: undefined, leaveAfterMs: 1_000 };
    try {
      const session = await MysqlSession.open(new Secret(url.href), options);
      const [row] = await session.rows('the cipher', {
        text: "SELECT variable_value AS cipher FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher'",
        values: [],
      });
      await session.close();
      return `cipher ${row?.['cipher'] ?? ''}`;
    } catch (error) {
      expect(String(error)).not.toContain('hush');
      expect(error).toMatchObject({ exitCode: expect.any(Number) as number });
      return `${(error as { exitCode: number }).exitCode} ${String(error)}`;
    }
  }

  it('encrypts where the authority in sslrootcert issued it', async () => {
    const { authority } = mysqlCertificates();
    expect(await opened(`?sslrootcert=${authority}&sslmode=verify-full`)).toMatch(/^cipher \w/);
    expect(await opened('?sslmode=no-verify')).toMatch(/^cipher \w/);
  });

  it.each([
    ['an unknown authority', '?sslmode=require', /append sslrootcert=<file with that authority's certificate/],
    [
      'another authority',
      '?sslrootcert=OTHER&sslmode=require',
      /was not issued by the authority in sslrootcert of EHR_URL/,
    ],
  ])('is refused for a certificate of %s', async (_, query, sentence) => {
    const said = await opened(query.replace('OTHER', mysqlCertificates().otherAuthority));
    expect(said).toMatch(new RegExp(`^${exitCodes.unavailable} .*Could not connect to the EHR at localhost`));
    expect(said).toMatch(sentence);
  });

  it('is refused for an address, which no certificate for a name proves', async () => {
    const said = await opened(`?sslrootcert=${mysqlCertificates().authority}&sslmode=verify-full`, '127.0.0.1');
    expect(said).toMatch(new RegExp(`^${exitCodes.usage} .*host name`));
  });

  it('is what the server may demand', async () => {
    expect(await opened('?sslmode=disable')).toMatch(/^69 .*ER_ACCESS_DENIED/);
  });
});

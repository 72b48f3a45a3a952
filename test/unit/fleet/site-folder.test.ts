import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkSites } from '../../../src/config/fleet/check-sites.ts';
import { loadWorkerConfig, siteSettings, workerSettings } from '../../../src/config/fleet/fleet-settings.ts';
import { readSiteFolder } from '../../../src/config/fleet/site-folder.ts';
import { loadPgBoss } from '../../../src/fleet/engine.ts';
import { commandLine } from '../../command-line.ts';
import { openPage } from '../report/markdown-page.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  mkdirSync(join(folder, 'sites'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const secret = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};

/** A site without fault. */
function site(name: string, settings: Record<string, string | null> = {}): void {
  const all: Record<string, string | null> = {
    FLEET_NIGHTLY: '15 2 * * *',
    EHR_URL: `postgres://reader@ehr.example/${name}`,
    EHR_TIME_ZONE: 'America/Chicago',
    LEDGER_URL: `postgres://ledger@db-1.example:5433/${name}`,
    LEDGER_KEY_FILE: secret(`${name}.key`, randomBytes(32).toString('base64')),
    REDOX_ENVIRONMENT: 'development',
    REDOX_API_KEY_FILE: secret(`${name}.api`, 'key'),
    REDOX_API_SECRET_FILE: secret(`${name}.secret`, 'secret'),
    REDOX_DESTINATION_ID: `destination-${name}`,
    ORGANIZATION_OID: '2.16.840.1.113883.3.6147.458.2',
    PATIENT_OID: '2.16.840.1.113883.3.6147.458.2.1',
    ...settings,
  };
  const lines = Object.entries(all).flatMap(([key, value]) =>
    value === null ? [] : [`${key}=${value.replace('{folder}', folder)}`],
  );
  writeFileSync(join(folder, 'sites', `${name}.env`), lines.join('\n'));
}

const faults = (): Record<string, readonly string[]> => Object.fromEntries(checkSites(readSiteFolder(folder)));

describe('the folder of a fleet', () => {
  test('gives each site its zone, its group and its times', () => {
    site('a', { FLEET_ZONE: 'east', FLEET_UNTIL: '06:00' });
    site('b', { LEDGER_URL: null, LEDGER_URL_FILE: secret('b.url', 'postgres://u:p@db-2/b') });
    const { sites } = readSiteFolder(folder);
    expect(sites).toMatchObject([
      {
        name: 'a',
        zone: 'east',
        group: 'db-1.example:5433',
        until: { hour: 6, minute: 0 },
        timeZone: 'America/Chicago',
      },
      // The file with the secret is not opened.
      { name: 'b', zone: 'default', group: 'default', until: null, catchUpMs: 72_000_000 },
    ]);
  });

  test("lets a site's file win over what all share", () => {
    writeFileSync(join(folder, 'sites.env'), 'FLEET_ZONE=west\nFLEET_CATCH_UP=1h\n');
    site('a');
    site('b', { FLEET_ZONE: 'east' });
    expect(readSiteFolder(folder).sites.map(({ zone, catchUpMs }) => [zone, catchUpMs])).toEqual([
      ['west', 3_600_000],
      ['east', 3_600_000],
    ]);
  });

  test('has another digest after any change', () => {
    site('a');
    const { digest } = readSiteFolder(folder);
    expect(readSiteFolder(folder).digest).toBe(digest);
    site('b');
    expect(readSiteFolder(folder).digest).not.toBe(digest);
  });

  test('goes on without a site whose file cannot be read', () => {
    site('a');
    mkdirSync(join(folder, 'sites', 'b.env'));
    symlinkSync('/nowhere', join(folder, 'sites', 'c.env'));
    const { sites, invalid } = readSiteFolder(folder);
    expect(sites.map(({ name }) => name)).toEqual(['a']);
    expect(invalid.map(({ name, faults }) => [name, faults[0]])).toEqual([
      ['b', expect.stringContaining('cannot be read (EISDIR)')],
      ['c', expect.stringContaining('cannot be read (ENOENT)')],
    ]);
  });

  test.each([
    [
      'a folder',
      (path: string) => {
        mkdirSync(path);
      },
    ],
    [
      'a link to nothing',
      (path: string) => {
        symlinkSync('/nowhere', path);
      },
    ],
  ])('has no valid site where sites.env is %s', (_, make) => {
    site('a');
    make(join(folder, 'sites.env'));
    expect(readSiteFolder(folder).invalid[0]?.faults[0]).toMatch(/sites\.env cannot be read/);
  });

  test('goes on without a site that lacks what the fleet needs', () => {
    site('a');
    site('b', { FLEET_NIGHTLY: null });
    site('Clinic C');
    const { sites, invalid } = readSiteFolder(folder);
    expect(sites.map(({ name }) => name)).toEqual(['a']);
    expect(invalid.map(({ name }) => name).sort()).toEqual(['Clinic C', 'b']);
  });
});

describe('fleet check', () => {
  test('finds nothing in sites that fit', () => {
    site('a');
    site('b');
    expect(faults()).toEqual({});
  });

  test.each([
    ['a setting that is missing', { ORGANIZATION_OID: null }, 'ORGANIZATION_OID is not set'],
    ['a misspelt name of the fleet', { FLEET_NIGHLTY: '15 2 * * *' }, 'FLEET_NIGHLTY'],
    ['a zone without place', { EHR_TIME_ZONE: 'CST' }, 'IANA time zone'],
    ['a ledger that one machine has', { LEDGER_URL: 'embedded:ledger' }, 'embedded'],
    ['a secret in the file', { REDOX_API_SECRET_FILE: null, REDOX_API_SECRET: 'hush-hush' }, 'REDOX_API_SECRET_FILE'],
    ['a password in an address', { LEDGER_URL: 'postgres://u:hush-hush@db/b' }, 'LEDGER_URL_FILE'],
    [
      'the ledger of another site',
      { LEDGER_URL: 'postgres://other@DB-1.example:5433/a' },
      'the ledger (LEDGER_URL) of a',
    ],
    [
      'the ledger of another site behind two servers',
      { LEDGER_URL: 'postgres://other@db-3.example,db-2.example:5432/x' },
      'the ledger (LEDGER_URL) of a-2',
    ],
    ['a link that leads to itself', { EHR_CONTRACT: '{folder}/loop' }, 'which is no folder'],
    ['a cron expression with four fields', { FLEET_NIGHTLY: '15 2 * *' }, 'which has 4 fields'],
    ['a cron expression with seconds', { FLEET_INTRADAY: '0 15 2 * * *' }, 'which has 6 fields'],
    ['the target of another site', { REDOX_DESTINATION_ID: 'destination-a' }, 'the target at Redox'],
  ])('finds %s', (_, settings, said) => {
    site('a');
    site('a-2', { LEDGER_URL: 'postgres://ledger@db-2.example,db-3.example/x' });
    symlinkSync(join(folder, 'loop'), join(folder, 'loop'));
    site('b', settings);
    const found = faults();
    expect(Object.keys(found)).toEqual(['b']);
    expect(found['b']?.join('\n')).toContain(said);
    expect(found['b']?.join('\n')).not.toContain('hush-hush');
  });

  test.each([
    ['9000/5m', 1],
    ['31/1s', 1],
    ['0', 1],
    ['7500/5m', 0],
    ['25/1s', 0],
    [null, 0],
  ])('compares RATE_LIMIT %s with what its zone shares', (RATE_LIMIT, count) => {
    site('a', { RATE_LIMIT, REDOX_BASE_URL: 'http://127.0.0.1:1' });
    site('b', { RATE_LIMIT: '9000/5m', FLEET_ZONE: 'east' });
    const limit = (calls: number): { calls: number; windowMs: number } => ({ calls, windowMs: 300_000 });
    const limits = new Map([['default', limit(7_500)]]);
    const found = checkSites(readSiteFolder(folder), limits);
    expect(found.size).toBe(count);
    if (count > 0) {
      expect(found.get('a')?.join()).toMatch(
        /^RATE_LIMIT is \S+, above what all sites of zone default share \(7,500 calls in 5 min\); expected at most that/,
      );
    }
    // A default above it is none of the site's making.
    if (RATE_LIMIT === null)
      expect(checkSites(readSiteFolder(folder), new Map([['default', limit(100)]])).size).toBe(0);
  });

  test('finds a file of secrets that every user can read', () => {
    site('a');
    chmodSync(join(folder, 'a.key'), 0o644);
    expect(faults()['a']?.join()).toMatch(/LEDGER_KEY_FILE .*expected chmod 600/);
  });
});

describe('the settings of a worker', () => {
  test('have defaults beside the address of its database', () => {
    const config = loadWorkerConfig({ FLEET_URL: 'postgres://u:p@db/fleet', FLEET_SLOTS: '3' }, []);
    expect(config).toMatchObject({ zone: 'default', slots: 3, groupSlots: 4, heartbeatMs: 30_000, alertUrl: null });
    expect(JSON.stringify(config)).not.toContain('u:p');
  });

  test('are refused together', () => {
    const load = (): unknown => loadWorkerConfig({ FLEET_SLOTS: '0', FLEET_HEARTBEAT: '1s' }, []);
    expect(load).toThrow(/FLEET_URL is not set[^]*FLEET_SLOTS[^]*FLEET_HEARTBEAT/);
  });
});

describe('an older Node', () => {
  test.each(['20.12.0', '22.11.0'])('%s is told what a fleet needs', async (version) => {
    await expect(loadPgBoss(version)).rejects.toMatchObject({
      exitCode: 64,
      message: expect.stringContaining('Node 22.12') as string,
    });
  });

  test.runIf(process.versions.node.startsWith('20.'))('ends with 64 and one sentence', async () => {
    const { exitCode, stderr } = await commandLine(['fleet', 'status', '--folder', folder], {});
    expect(exitCode).toBe(64);
    expect(stderr.split('\n')[0]).toMatch(/^fleet needs Node 22\.12 or newer, .* every other job runs on it\.$/);
  });
});

test('docs/scale.md explains every setting with its default', () => {
  const rows = openPage('docs/scale.md').table('Settings of a fleet');
  const documented = rows.flatMap(({ name = '', default: word = '' }) =>
    /^`[A-Z_]+`$/.test(name) ? [[name, word]] : [],
  );
  const settings = [...Object.entries(workerSettings), ...Object.entries(siteSettings)];
  expect(documented.map(([name]) => name)).toEqual(settings.map(([name]) => `\`${name}\``));
  const wrong = settings.filter(([, setting], at) => {
    const word = documented[at]?.[1] ?? '';
    if ('required' in setting) return word !== 'required';
    return 'default' in setting && word !== 'cores' && word !== `\`${setting.default}\``;
  });
  expect(wrong).toEqual([]);
});

test('a setting of the fleet is given once: by its name, or by a file', () => {
  const environment = { FLEET_URL: 'postgres://u:p@db/fleet', FLEET_URL_FILE: join(folder, 'fleet.url') };
  expect(() => loadWorkerConfig(environment, [])).toThrow('FLEET_URL and FLEET_URL_FILE are both given');
});

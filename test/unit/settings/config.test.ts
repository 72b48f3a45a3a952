import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { loadAlerting } from '../../../src/config/alerting.ts';
import { settingNames, settings, type Setting } from '../../../src/config/settings.ts';
import { knownNames } from '../../../src/config/format/sources.ts';
import { loadConfig, type Environment } from '../../../src/config/config.ts';
import { UsageFault } from '../../../src/fault.ts';
import { packageRoot } from '../../../src/package-root.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const pemOf = (pair: KeyPairKeyObjectResult): string =>
  String(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const jwk = JSON.stringify(privateKey.export({ format: 'jwk' }));

const complete: Environment = {
  EHR_URL: 'postgres://reader:s3cret@ehr.example.org/ehr',
  EHR_CONTRACT: tmpdir(),
  EHR_TIME_ZONE: 'America/Chicago',
  LEDGER_URL: 'embedded:/var/lib/ledger',
  LEDGER_KEY: Buffer.alloc(32, 7).toString('base64'),
  REDOX_ENVIRONMENT: 'staging',
  REDOX_CLIENT_ID: 'client',
  REDOX_KEY_ID: 'kid',
  REDOX_PRIVATE_KEY: pem,
  REDOX_DESTINATION_ID: 'destination',
  ORGANIZATION_OID: '2.16.840.1.113883.3.6147.458.2',
  PATIENT_OID: '2.16.840.1.113883.3.6147.458.2.1',
};

/** The sentences of the fault that this environment makes. */
function faultsOf(changes: Environment, base: Environment = complete): string[] {
  try {
    loadConfig({ ...base, ...changes });
  } catch (error) {
    if (error instanceof UsageFault)
      return error.message
        .split('\n')
        .slice(1)
        .map((line) => line.trim());
    throw error;
  }
  return [];
}

function fileWith(content: string | Buffer): string {
  const path = join(mkdtempSync(join(tmpdir(), 'config-')), 'value');
  writeFileSync(path, content);
  return path;
}

describe('a complete environment', () => {
  test('gives a frozen configuration with every default', () => {
    const config = loadConfig(complete);
    expect(config).toMatchObject({
      siteTimeZone: 'America/Chicago',
      ledger: { kind: 'embedded', folder: '/var/lib/ledger' },
      ledgerKeyPrevious: null,
      redox: {
        baseUrl: 'https://api.redoxengine.com',
        sourceId: null,
        documentOid: complete['ORGANIZATION_OID'],
        documentType: 'code',
        zipFormat: 'five',
        sendSsn: 'patients',
        callTimeoutMs: 120_000,
        network: { name: 'carequality' },
        sender: null,
        credentials: { kind: 'oauth', clientId: 'client', keyId: 'kid' },
      },
      concurrency: 8,
      rateLimit: { calls: 5000, windowMs: 300_000 },
      unknownOutcome: 'resend',
      watermarkOverlapMs: 3_600_000,
      documentSizeLimitBytes: 10_000_000,
      logLevel: 'info',
      reportDir: resolve('out/reports'),
    });
    expect(Object.isFrozen(config) && Object.isFrozen(config.redox) && Object.isFrozen(config.ehr)).toBe(true);
  });

  test('hides secrets in every print', () => {
    const config = loadConfig({ ...complete, LEDGER_URL: 'postgresql://owner:hush@db/ledger' });
    for (const print of [JSON.stringify(config), inspect(config, { depth: null }), String(config.ledgerKey)]) {
      expect(print).not.toMatch(/s3cret|hush|PRIVATE KEY|BwcHBw/);
    }
  });

  test('reads a JWK, and a PEM with \\n for line breaks', () => {
    expect(faultsOf({ REDOX_PRIVATE_KEY: jwk })).toEqual([]);
    const { credentials } = loadConfig({ ...complete, REDOX_PRIVATE_KEY: pem.replaceAll('\n', '\\n') }).redox;
    expect(credentials.kind === 'oauth' && credentials.privateKey.reveal()).toBe(pem);
  });

  test('reads base64 broken into lines', () => {
    const key = Buffer.alloc(64, 7).toString('base64');
    const broken = `${key.slice(0, 64)}\n${key.slice(64)}`;
    expect(loadConfig({ ...complete, LEDGER_KEY: broken }).ledgerKey.reveal()).toBe(key);
  });
});

describe('who sends, and through which network', () => {
  test('is read from the file of the organisation, and from three settings', () => {
    const file = join(packageRoot, 'jobs/organization.example.json');
    const { redox } = loadConfig({
      ...complete,
      ORGANIZATION_FILE: file,
      NETWORK: 'tefca-commonwell',
      CAREQUALITY_ORGANIZATION_NAME: 'Monroe Clinic',
      CAREQUALITY_USER_ID: 'Doolittle, John',
      CAREQUALITY_USER_ROLE: '112247003 Medical Doctor',
    });
    expect(redox.sender?.name).toBe('Monroe Clinic');
    expect(redox.network).toEqual({
      name: 'tefca-commonwell',
      organizationName: 'Monroe Clinic',
      userId: 'Doolittle, John',
      userRole: { code: '112247003', name: 'Medical Doctor' },
    });
  });

  test('is a fault where the file or a name is missing', () => {
    expect(faultsOf({ ORGANIZATION_CHECK: 'weekly' })).toEqual([
      expect.stringContaining('ORGANIZATION_CHECK is weekly; expected ORGANIZATION_FILE'),
    ]);
    expect(faultsOf({ ORGANIZATION_FILE: fileWith('{}') }).join()).toMatch(
      /ORGANIZATION_FILE: .* does not fit: name is not given/,
    );
    expect(
      faultsOf({ NETWORK: 'tefca-commonwell', CAREQUALITY_USER_ID: 'Roe', CAREQUALITY_USER_ROLE: 'doctor' }),
    ).toEqual([
      expect.stringContaining('CAREQUALITY_USER_ROLE is "doctor", which is not a code and a name'),
      expect.stringContaining('CAREQUALITY_ORGANIZATION_NAME is not set'),
    ]);
  });
});

describe('the alert settings', () => {
  test('are read beside other faults, with secret addresses', () => {
    const environment = {
      CONCURRENCY: 'many',
      ALERT_WEBHOOK_URL: 'https://hooks.example.org/s3cret',
      ALERT_THRESHOLDS: 'findable=2.5%',
      METRICS_PORT: '[::1]:9464',
    };
    const alerting = loadAlerting(environment, []);
    expect(alerting).toMatchObject({
      thresholds: { lines: 20, findable: 0.025, missed: 100 },
      metricsAddress: { host: '::1', port: 9464 },
      heartbeatUrl: null,
      ledger: null,
    });
    expect(inspect(alerting, { depth: null })).not.toContain('s3cret');
    expect(loadAlerting({ METRICS_PORT: '9464' }, []).metricsAddress).toEqual({ host: '127.0.0.1', port: 9464 });
  });
});

describe('faults', () => {
  test('are listed at once, each with name, value and rule', () => {
    const faults = faultsOf({ CONCURRENCY: 'many', EHR_TIME_ZONE: 'Chicago', REDOX_ENVIRONMENT: undefined });
    expect(faults).toEqual([
      'EHR_TIME_ZONE is "Chicago", which is not a zone of the tz database; expected an IANA time zone such as America/Chicago.',
      'REDOX_ENVIRONMENT is not set; expected development, staging or production.',
      'CONCURRENCY is "many", which is not a whole number; expected a whole number from 1 to 256.',
    ]);
  });

  test.each<[string, string, string]>([
    ['EHR_URL', 'mysql://u:p@h', 'names no database'],
    ['EHR_URL', 'mysql://u:100%sure@h/d', 'write %25 for a %'],
    ['EHR_URL', 'csv:file:///exports/100%sure', 'names no path'],
    ['EHR_URL', 'csv:file:///exports/a%2Fb', 'names no path'],
    ['EHR_URL', 'csv:file:///exports/%00', 'names no path'],
    ['EHR_URL', 'mariadb://u:a#b@h/d', 'percent-encode'],
    ['EHR_URL', 'mysql://u:p@h/d?sslmode=maybe', 'unknown sslmode'],
    ['LEDGER_URL', 'embedded:', 'names no folder'],
    ['EHR_URL', 'postgres://u:a/b@h/d', 'percent-encode'],
    ['EHR_URL', 'postgres://u:12/b@h/d', 'percent-encode'],
    ['EHR_URL', 'postgres://u:a#b@h/d', 'percent-encode'],
    ['EHR_URL', 'ehr.example.org', 'has no scheme'],
    ['LEDGER_URL', 'csv:x', 'starts with csv:'],
    ['EHR_URL', 'csv://no-such/extract', 'two slashes'],
    ['EHR_URL', 'csv:~ehr/extract', "another user's home"],
    ['EHR_URL', 'csv:$HOME/extract', 'begins with a variable'],
    ['EHR_URL', 'csv:file:extract', 'file:///path'],
    ['EHR_URL', 'csv:file://server/extract', 'file:///path'],
    ['EHR_URL', 'file:///data/extract', 'write csv: before it'],
    ['EHR_URL', '~/extract', 'write csv: before it'],
    ['LEDGER_URL', './ledger', 'write embedded: before it'],
    ['REPORT_DIR', '~ehr/reports', "another user's home"],
    ['EHR_CONTRACT', '/does/not/exist', 'is no folder'],
    ['ALERT_WEBHOOK_URL', 'http://hooks.example.org/s3cret', 'not https'],
    ['HEARTBEAT_URL', 'https://me:pw@example.org', 'a user or a password'],
    ['ALERT_THRESHOLDS', 'lines=20%', 'which is not a list of'],
    ['ALERT_THRESHOLDS', 'findable=1', 'which is not a list of'],
    ['ALERT_THRESHOLDS', 'lines=1,lines=2', 'repeats lines'],
    ['ALERT_THRESHOLDS', 'missed=0', 'sets missed to 0'],
    ['METRICS_FILE', '/var/metrics.txt', 'does not end in .prom'],
    ['METRICS_PORT', '0', 'is no port'],
    ['METRICS_PORT', '127.0.0.1', 'is not <port>'],
    ['EHR_TIME_ZONE', 'EST', 'America/New_York'],
    ['EHR_TIME_ZONE', '-06:00', 'not a zone'],
    ['EHR_TIME_ZONE', 'hst', 'Pacific/Honolulu'],
    ['EHR_TIME_ZONE', 'MST', 'America/Denver'],
    ['EHR_TIME_ZONE', 'EDT', 'America/New_York'],
    ['EHR_TIME_ZONE', 'CST', 'America/Chicago'],
    ['EHR_TIME_ZONE', 'PST', 'America/Los_Angeles'],
    ['EHR_TIME_ZONE', 'AST', 'America/Puerto_Rico'],
    ['EHR_TIME_ZONE', 'BST', 'Europe/London'],
    ['EHR_TIME_ZONE', 'IST', 'Asia/Kolkata, Asia/Jerusalem or Europe/Dublin'],
    ['EHR_TIME_ZONE', 'AEST', 'Australia/Sydney'],
    ['EHR_TIME_ZONE', 'Eastern Standard Time', 'America/New_York'],
    ['EHR_TIME_ZONE', 'GMT+5', 'Etc/GMT-5'],
    ['EHR_TIME_ZONE', 'UTC-06:00', 'an offset'],
    ['EHR_TIME_ZONE', 'VST', 'not a zone'],
    ['SITE_TIME_ZONE', 'CST', 'America/Chicago'],
    ['LEDGER_KEY', Buffer.alloc(31).toString('base64'), 'holds 31 bytes'],
    ['LEDGER_KEY', 'correct horse battery staple, correct horse', 'not base64'],
    ['REDOX_BASE_URL', 'http://api.redoxengine.com', 'not https'],
    ['REDOX_BASE_URL', 'https://user:pw@api.redoxengine.com', 'a user or a password'],
    ['REDOX_PRIVATE_KEY', '-----BEGIN RSA PRIVATE KEY-----', 'openssl pkcs8'],
    ['REDOX_PRIVATE_KEY', 'nonsense', 'cannot be read as a private key'],
    ['REDOX_PRIVATE_KEY', pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' })), 'on another curve than P-384'],
    ['REDOX_PRIVATE_KEY', pemOf(generateKeyPairSync('rsa', { modulusLength: 1024 })), 'fewer than 2048 bits'],
    ['ORGANIZATION_OID', 'urn:oid:2.16.840', 'urn:oid:'],
    ['PATIENT_OID', '2.16..840', 'not an OID'],
    ['PATIENT_OID', '2.016.840', 'not an OID'],
    ['CONCURRENCY', '0', 'out of range'],
    ['CONCURRENCY', '257', 'out of range'],
    ['RATE_LIMIT', '5000', 'not a number with a unit'],
    ['RATE_LIMIT', '0/5m', 'never let a call go'],
    ['RATE_LIMIT', '0', 'allowed only against the stand-in'],
    ['LARGE_CHANGE', '20%', 'not a list of <word>=<number>%'],
    ['LARGE_CHANGE', 'changed=20', 'not a list of <word>=<number>%'],
    ['LARGE_CHANGE', 'changed=20%,moved=2%', 'not a list of <word>=<number>%'],
    ['LARGE_CHANGE', 'gone=2%,gone=3%', 'repeats gone'],
    ['LARGE_CHANGE', 'gone=101%', 'sets gone to more than 100%'],
    ['UNKNOWN_OUTCOME', 'retry', 'expected resend or hold'],
    ['WATERMARK_OVERLAP', '1 hour', 'not a number with a unit'],
    ['CALL_TIMEOUT', '0s', 'out of range'],
    ['LOG_LEVEL', 'verbose', 'expected error, warn, info or debug'],
  ])('%s=%s is one fault that says why', (name, text, why) => {
    const faults = faultsOf({ [name]: text });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(name);
    expect(faults[0]).toContain(why);
    const setting: Setting = settings[name as keyof typeof settings];
    if (setting.secret !== undefined && text.length > 10) expect(faults[0]).not.toContain(text);
    expect(faults[0]).not.toContain('pw');
  });

  test.each<[string, string]>([
    ['REDOX_BASE_URL', 'http://127.0.0.1:4000'],
    ['REDOX_BASE_URL', 'http://localhost:4000/'],
    ['EHR_URL', 'csv:./extracts'],
    ['EHR_URL', 'postgres:///ehr?host=/var/run/postgresql'],
    ['EHR_URL', 'mysql://u:p@h/d?sslmode=verify-full'],
    ['EHR_URL', 'mariadb://u:p@h:3307/d'],
    ['CONCURRENCY', '1'],
    ['CONCURRENCY', '256'],
    ['WATERMARK_OVERLAP', '0s'],
    ['CALL_TIMEOUT', '500ms'],
    ['RATE_LIMIT', '10/1s'],
    ['EHR_TIME_ZONE', 'UTC'],
    ['EHR_TIME_ZONE', 'US/Eastern'],
    ['EHR_TIME_ZONE', 'EST5EDT'],
    ['EHR_TIME_ZONE', 'GB'],
    ['EHR_TIME_ZONE', 'Etc/GMT+6'],
    ['SITE_TIME_ZONE', 'America/Indiana/Indianapolis'],
  ])('%s=%s is fine', (name, text) => {
    expect(faultsOf({ [name]: text })).toEqual([]);
  });

  const [home, temporary] = [homedir(), tmpdir()];
  test.each([
    ['csv:~/extract', join(home, 'extract')],
    ['csv:~', home],
    ['csv:/data/my extract', '/data/my extract'],
    [' csv: /data/extract ', '/data/extract'],
    ['csv:./extract', resolve('extract')],
    ['csv:///data/extract', '/data/extract'],
    [`csv:/${temporary}`, `/${temporary}`.replace(/^\/+/, '/')],
    ['csv:file:///data/my%20extract', '/data/my extract'],
    ['csv:file://localhost/data', '/data'],
    ['CSV:/data', '/data'],
  ])('EHR_URL=%s names the folder %s', (text, folder) => {
    expect(loadConfig({ ...complete, EHR_URL: text }).ehr.source).toEqual({ kind: 'csv', folder });
  });

  test('a path begins at home in every path setting', () => {
    const { ledger, reportDir } = loadConfig({ ...complete, LEDGER_URL: 'embedded:~/ledger', REPORT_DIR: '~/reports' });
    expect([ledger, reportDir]).toEqual([{ kind: 'embedded', folder: join(home, 'ledger') }, join(home, 'reports')]);
  });

  test('RATE_LIMIT=0 is fine for a stand-in', () => {
    const { rateLimit } = loadConfig({ ...complete, RATE_LIMIT: '0', REDOX_BASE_URL: 'http://[::1]:4000' });
    expect(rateLimit).toBeNull();
  });
});

describe('credentials', () => {
  const without: Environment = { ...complete, REDOX_CLIENT_ID: '', REDOX_KEY_ID: '', REDOX_PRIVATE_KEY: '' };

  test('a legacy key replaces an OAuth key', () => {
    const config = loadConfig({ ...without, REDOX_API_KEY: 'key', REDOX_API_SECRET: 'hush' });
    expect(config.redox.credentials).toMatchObject({ kind: 'legacy', apiKey: 'key' });
  });

  test('none, both kinds, or half of one are one fault each', () => {
    expect(faultsOf({}, without)).toEqual([expect.stringContaining('expected these three')]);
    expect(faultsOf({ REDOX_API_KEY: 'key' })).toEqual([expect.stringContaining('not both')]);
    expect(faultsOf({ REDOX_API_KEY: 'key' }, without)).toEqual([
      expect.stringContaining('REDOX_API_SECRET is not set'),
    ]);
    expect(faultsOf({ REDOX_KEY_ID: undefined })).toEqual([expect.stringContaining('REDOX_KEY_ID is not set')]);
  });
});

describe('files', () => {
  test('<NAME>_FILE gives the value without its line break', () => {
    const { ehr } = loadConfig({
      ...complete,
      EHR_TIME_ZONE: undefined,
      EHR_TIME_ZONE_FILE: fileWith('Asia/Tokyo\r\n'),
    });
    expect(ehr.timeZone).toBe('Asia/Tokyo');
  });

  test('a file beside the value, a missing or empty one are faults', () => {
    expect(faultsOf({ EHR_TIME_ZONE_FILE: '/x' })).toEqual([expect.stringContaining('both given')]);
    expect(faultsOf({ LEDGER_KEY: '', LEDGER_KEY_FILE: '/x' })).toEqual([expect.stringContaining('ENOENT')]);
    expect(faultsOf({ LEDGER_KEY: '', LEDGER_KEY_FILE: fileWith('\n') })).toEqual([
      expect.stringContaining('is empty'),
    ]);
  });

  test.each([
    ['another encoding', fileWith(Buffer.from('h\xfcsh', 'latin1')), 'is not UTF-8; save it as UTF-8'],
    ['zeros', fileWith(Buffer.from('hush', 'utf16le')), 'is UTF-16; save it as UTF-8'],
    ['no end', '/dev/zero', 'is larger than 1 MiB'],
  ])('a secret from a file with %s is a fault', (_what, file, trouble) => {
    expect(faultsOf({ REDOX_KEY_ID: undefined, REDOX_KEY_ID_FILE: file })).toEqual([
      expect.stringContaining(`REDOX_KEY_ID_FILE is ${JSON.stringify(file)}, which ${trouble}`),
    ]);
  });

  test('a byte order mark before a value from a file counts for nothing', () => {
    const { ehr } = loadConfig({
      ...complete,
      EHR_TIME_ZONE: undefined,
      EHR_TIME_ZONE_FILE: fileWith('\uFEFFAsia/Tokyo'),
    });
    expect(ehr.timeZone).toBe('Asia/Tokyo');
  });

  test('an env file fills missing settings, by name or file', () => {
    const envFile = fileWith('CONCURRENCY=3\nCALL_TIMEOUT=5s\n# a comment\nLOG_LEVEL="warn"\n');
    const environment = { ...complete, CONCURRENCY: '4', CALL_TIMEOUT_FILE: fileWith('6s') };
    expect(loadConfig(environment, { envFiles: [envFile] })).toMatchObject({
      concurrency: 4,
      redox: { callTimeoutMs: 6000 },
      logLevel: 'warn',
    });
  });

  test('an unreadable env file is a fault beside the others', () => {
    const load = (): unknown => loadConfig({ ...complete, LOG_LEVEL: 'loud' }, { envFiles: ['/no/such.env'] });
    expect(load).toThrow(/--env-file \/no\/such.env cannot be read \(ENOENT\)[^]*LOG_LEVEL is "loud"/);
  });
});

describe('misspelt names', () => {
  test.each([
    ['CONCURENCY', 'CONCURRENCY'],
    ['UNKNOWN_OUTCOMES', 'UNKNOWN_OUTCOME'],
    ['Rate_Limit', 'RATE_LIMIT'],
    ['LEDGER_KEY_PREV', 'LEDGER_KEY_PREVIOUS'],
    ['REDOX_PRIVATE_KEYFILE', 'REDOX_PRIVATE_KEY_FILE'],
  ])('%s is a fault that names %s', (name, nearest) => {
    expect(faultsOf({ [name]: 'x' })).toEqual([expect.stringContaining(`expected ${nearest}`)]);
  });

  test.each(['HOME', 'PATH', 'DATABASE_URL', 'NODE_EXTRA_CA_CERTS', 'LEDGER_PORT_5432_TCP_ADDR', 'EHR_SERVICE_HOST'])(
    '%s is left alone',
    (name) => {
      expect(faultsOf({ [name]: 'x' })).toEqual([]);
    },
  );

  test('a similar name beside the name itself is left alone', () => {
    expect(faultsOf({ LOGLEVEL: 'x' })).toHaveLength(1);
    expect(faultsOf({ LOGLEVEL: 'x', LOG_LEVEL: 'info' })).toEqual([]);
  });
});

describe('parts', () => {
  test('a job for the ledger ignores other settings', () => {
    const environment = { LEDGER_URL: 'embedded:x', REDOX_ENVIRONMENT: 'nonsense' };
    expect(loadConfig(environment, { requires: ['ledger'] })).toMatchObject({ ledger: { kind: 'embedded' } });
  });

  test('a job lacks what it did not ask for', () => {
    const config = loadConfig(complete, { requires: ['siteTimeZone'] });
    expect(config).not.toHaveProperty('ehr');
    expect(config).not.toHaveProperty('redox');
    expect(config.siteTimeZone).toBe('America/Chicago');
  });
});

test('.env.example, the settings table and the program agree on names and defaults', () => {
  const lines = readFileSync(join(packageRoot, '.env.example'), 'utf8').split('\n');
  const assignments = lines.flatMap((line) => {
    const [, name, value] = /^(?:# )?([A-Z][A-Z_]+)=(\S*)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [{ name, value, isComment: line.startsWith('#') }];
  });
  // METRICS_FILE is a setting itself, and no file that holds one.
  const settingOf = (name: string): string => settingNames.find((one) => one === name) ?? name.replace(/_FILE$/, '');
  const named = assignments.map(({ name }) => settingOf(name));
  expect(new Set(named)).toEqual(new Set(settingNames));
  expect(named).toHaveLength(settingNames.length);
  for (const { name, value, isComment } of assignments) {
    expect(knownNames).toContain(name);
    const setting: Partial<Setting> = settings[settingOf(name) as keyof typeof settings];
    if (setting.default !== undefined)
      expect({ name, value, isComment }).toEqual({ name, value: setting.default, isComment: true });
  }
});

describe('the key for the logs', () => {
  const platform: Environment = {
    REDOX_PLATFORM_CLIENT_ID: 'user',
    REDOX_PLATFORM_KEY_ID: 'user-kid',
    REDOX_PLATFORM_PRIVATE_KEY: pem,
    REDOX_ORGANIZATION_ID: '1234',
    REDOX_ENVIRONMENT_ID: 'environment',
  };

  test('may be absent: then acceptance is not confirmed', () => {
    expect(loadConfig(complete).platform).toBeNull();
  });

  test('comes with its limits', () => {
    const config = loadConfig({ ...complete, ...platform });
    expect(config.confirmWithinMs).toBe(6 * 3_600_000);
    expect(config.platform).toMatchObject({
      credentials: { kind: 'oauth', clientId: 'user', keyId: 'user-kid' },
      organizationId: '1234',
      environmentId: 'environment',
      rateLimit: { calls: 600, windowMs: 300_000 },
    });
  });

  test.each(Object.keys(platform))('is whole or absent: %s', (name) => {
    expect(faultsOf({ ...platform, [name]: '' })).toEqual([expect.stringMatching(`^${name} is not set; expected `)]);
  });

  test('has a limit at Redox itself', () => {
    expect(faultsOf({ ...platform, PLATFORM_RATE_LIMIT: '0' })).toEqual([
      expect.stringMatching(/^PLATFORM_RATE_LIMIT=0 .* expected a limit such as 600\/5m\.$/),
    ]);
  });
});

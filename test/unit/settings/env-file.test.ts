import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { examine, type Examination } from '../../../src/config/examine.ts';

const folder = mkdtempSync(join(tmpdir(), 'env-file-'));
const path = join(folder, 'my.env');

/** What is said of an env file that holds this, with `redox` demanded or not. */
function examined(content: string | Buffer, environment: Readonly<Record<string, string>> = {}): Examination {
  writeFileSync(path, content);
  return examine(environment, { envFiles: [path], requires: new Set() });
}

const shownOf = ({ effective }: Examination, name: string): string | null =>
  effective.find((setting) => setting.name === name)?.shown ?? null;

describe('an env file', () => {
  test.each([
    ['a byte-order mark', '\uFEFFREDOX_KEY_ID=kid\n'],
    ['CRLF', 'LOG_LEVEL=info\r\nREDOX_KEY_ID=kid\r\n'],
    ['export', 'export REDOX_KEY_ID=kid\n'],
    ['blanks', '  REDOX_KEY_ID = kid  \n'],
    ['quotes', `REDOX_KEY_ID="kid"\n`],
    ['a comment', 'REDOX_KEY_ID=kid # the second of two\n#REDOX_KEY_ID=other\n'],
    ['no line break at its end', 'REDOX_KEY_ID=kid'],
    ['a comment behind quotes', `REDOX_KEY_ID='kid'#one\n`],
    ['a comment below an empty value', 'REDOX_SOURCE_ID=\n# the key\nREDOX_KEY_ID=kid\n'],
  ])('with %s is read silently', (_what, content) => {
    const found = examined(content);
    expect(shownOf(found, 'REDOX_KEY_ID')).toBe('"kid"');
    expect([found.faults, found.doubts]).toEqual([[], []]);
  });

  test('whose quotes hold a # keeps it', () => {
    const found = examined('REDOX_KEY_ID="kid#42"\n');
    expect(shownOf(found, 'REDOX_KEY_ID')).toBe('"kid#42"');
    expect(found.faults).toEqual([]);
  });

  test.each([
    ['REDOX_KEY_ID=kid#42', 'REDOX_KEY_ID'],
    ['REDOX_API_SECRET=#hush', 'REDOX_API_SECRET'],
    ['EHR_URL=postgres://reader:hush#hush@db/ehr', 'EHR_URL'],
    ['HTTPS_PROXY=http://user:hush#hush@proxy:3128', 'HTTPS_PROXY'],
    ['REDOX_PRIVATE_KEY_FILE=/keys/#1.pem', 'REDOX_PRIVATE_KEY_FILE'],
  ])('%s is cut at the #, a fault with name %s and line', (line, name) => {
    const { faults } = examined(`LOG_LEVEL=info\n\n${line}\nCONCURRENCY=4\n`);
    expect(faults).toContainEqual(expect.stringMatching(new RegExp(`^${name} \\(.*my.env, line 3\\) is cut at the #`)));
    expect(faults.join()).not.toContain('hush');
  });

  test('with a cut value of another program is fine', () => {
    expect(examined('COLOUR=#fff\nLOG_LEVEL=info\n').faults).toEqual([]);
  });

  test('with a duplicate name reports it, and the last counts', () => {
    const found = examined('CONCURRENCY=4\nREDOX_API_SECRET=hush\nCONCURRENCY=5\nREDOX_API_SECRET=other\n');
    expect(shownOf(found, 'CONCURRENCY')).toBe('"5"');
    expect(found.doubts.map(({ name, says }) => `${name}: ${says}`)).toEqual([
      `CONCURRENCY: it is given more than once in ${path} (lines 1, 3); the last one counts, so leave only that`,
      `REDOX_API_SECRET: it is given more than once in ${path} (lines 2, 4); the last one counts, so leave only that`,
    ]);
  });

  test.each([
    ['UTF-16 with a mark', Buffer.from('\uFEFFREDOX_KEY_ID=kid\n', 'utf16le'), 'is UTF-16; save it as UTF-8'],
    ['UTF-16 without one', Buffer.from('REDOX_KEY_ID=kid\n', 'utf16le'), 'is UTF-16; save it as UTF-8'],
    ['UTF-16 of the other order', Buffer.from('\uFEFFA=b', 'utf16le').swap16(), 'is UTF-16; save it as UTF-8'],
    ['Latin-1', Buffer.from('REDOX_API_SECRET=h\xfcsh\n', 'latin1'), 'is not UTF-8; save it as UTF-8'],
  ])('that is %s is a fault with that reason', (_what, bytes, fault) => {
    expect(examined(bytes).faults).toEqual([expect.stringContaining(`--env-file ${path} ${fault}`)]);
  });

  test.each([
    ['a quote that nothing closes', 'REDOX_KEY_ID="kid\nLOG_LEVEL=info\n'],
    ['text behind the quotes', `REDOX_KEY_ID="kid"42\n`],
  ])('with %s is a fault', (_what, content) => {
    expect(examined(content).faults).toEqual([expect.stringContaining('REDOX_KEY_ID')]);
  });

  test('with meaningless lines gives their numbers, hiding the text', () => {
    const found = examined('REDOX_PRIVATE_KEY=-----BEGIN PRIVATE KEY-----\nhushhushhush\n-----END PRIVATE KEY-----\n');
    expect(found.doubts).toEqual([{ name: '--env-file', says: expect.stringContaining('line 2, 3 of') as string }]);
    expect(found.doubts[0]?.says).not.toContain('hush');
  });

  test('reports what only Node reads', () => {
    const { doubts } = examined('NODE_EXTRA_CA_CERTS=/etc/ca.pem\n');
    expect(doubts).toEqual([
      { name: 'NODE_EXTRA_CA_CERTS', says: expect.stringContaining('set it in the environment') as string },
    ]);
    expect(examined('NODE_EXTRA_CA_CERTS=/etc/ca.pem\n', { NODE_EXTRA_CA_CERTS: '/etc/ca.pem' }).doubts).toEqual([]);
  });
});

describe('quotes that docker --env-file keeps are a fault that names', () => {
  const whole = (environment: Readonly<Record<string, string>>): readonly string[] =>
    examine(environment, { envFiles: [], requires: new Set(['ehr', 'redox']) }).faults;

  test.each([
    ['EHR_URL', '"postgres://reader:hush@db/ehr"'],
    ['EHR_TIME_ZONE', "'America/Chicago'"],
    ['REDOX_CLIENT_ID', '"client"'],
    ['REDOX_API_SECRET', '"hush"'],
    ['REDOX_PRIVATE_KEY_FILE', '"/keys/hush.pem"'],
    ['CONCURRENCY', '"8"'],
  ])('%s=%s', (name, text) => {
    const faults = whole({ [name]: text }).filter((fault) => fault.startsWith(name));
    expect(faults).toEqual([
      `${name} (environment) has quotes around its value, as docker --env-file leaves them; take them out.`,
    ]);
  });

  test('HTTPS_PROXY', () => {
    expect(whole({ HTTPS_PROXY: '"http://user:hush@proxy:3128"' })).toContainEqual(
      expect.stringMatching(/^HTTPS_PROXY .*quotes around it/),
    );
  });
});

describe('a proxy', () => {
  const redox = { envFiles: [path], requires: new Set(['redox'] as const) };

  test('from an env file applies, unless the environment overrides it', () => {
    writeFileSync(path, 'HTTPS_PROXY=proxy.example:3128\nNO_PROXY=localhost\n');
    expect(examine({}, redox).wayOut).toMatchObject({
      proxy: { name: `HTTPS_PROXY (${path})`, host: 'proxy.example:3128' },
      exceptions: 'localhost',
    });
    expect(examine({ ALL_PROXY: 'other.example:80' }, redox).wayOut).toMatchObject({
      proxy: { name: 'ALL_PROXY', host: 'other.example:80' },
    });
  });

  test('that is invalid is a fault only when Redox needs it', () => {
    writeFileSync(path, 'HTTPS_PROXY=socks5://proxy.example:1080\n');
    const saysSocks = ({ faults }: Examination): boolean => faults.some((fault) => fault.includes('SOCKS'));
    expect(saysSocks(examine({}, redox))).toBe(true);
    expect(saysSocks(examine({ NO_PROXY: 'redoxengine.com' }, redox))).toBe(false);
    expect(saysSocks(examine({ REDOX_BASE_URL: 'http://127.0.0.1:8787' }, redox))).toBe(false);
    expect(saysSocks(examine({}, { envFiles: [path], requires: new Set(['ledger']) }))).toBe(false);
  });
});

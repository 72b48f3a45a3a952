import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { readListedRows } from '../../../jobs/night/listed-rows.ts';
import type { Environment } from '../../../src/config/config.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { echoSpellings, spelled } from '../../echo-spelling.ts';
import type { Fault } from '../../../src/sandbox/redox/fault/fault.ts';
import { logShapes } from '../../log-shapes.ts';
import { Session } from '../../../src/postgres/session.ts';
import { platformSettings } from '../support/night.ts';
import { type Mode, secretsOf, tablesOf, word } from './patient-values.ts';
import { type PrivacySite, privacySite } from './site.ts';
import { echoesOf, Hunt, spellingsOf } from './spellings.ts';
import type { Texts } from './channels.ts';

/**
 * Nobody's values are left behind: every value of every column that a contract can give is like no other here, and is looked for,
 * in two dozen spellings, in whatever a site says and keeps.
 */

const hunts = {
  well: huntOf('well'),
  badly: huntOf('badly'),
  /** Of the spellings in which the stand-in echoes. */
  echoed: new Hunt(secretsOf(tablesOf('well')), echoesOf),
};

function huntOf(mode: Mode): Hunt {
  return new Hunt(secretsOf(tablesOf(mode)));
}

function expectNothingIn(texts: Texts, hunt: Hunt): void {
  expect(Object.values(texts).join('')).not.toBe('');
  for (const [where, text] of Object.entries(texts)) {
    expect({ where, found: hunt.in(text).slice(0, 5) }).toEqual({ where, found: [] });
  }
}

/** What every one of these nights must have left, or nothing was looked at. */
const channels = [
  'stdout of doctor',
  'stderr of nightly',
  'bodies of the webhook',
  'metrics',
  'file report.html',
  'file summary.json',
  'file calls.csv',
  'file open-actions.csv',
  'file data-quality.csv',
  'file discrepancies.csv',
  'table redox_reconcile.attempt',
  'table redox_reconcile_sweep.stage_patient',
  'table redox_reconcile_sweep.stage_encounter',
  'table redox_reconcile.patient',
  'statistics',
  'names',
  'log of the server',
];

const resend = (site: PrivacySite): string[] => ['rerun', '--only', site.allRows, '--force'];

interface Trouble {
  readonly name: string;
  readonly night: (site: PrivacySite) => Promise<unknown>;
}

const redoxSays = (name: string, faults: readonly Fault[]): Trouble => ({
  name: `Redox answers ${name}`,
  night: async (site) => {
    site.night.standIn.misbehave([...faults]);
    // In the harness, which waits no seconds between tries.
    const rows = () => readListedRows(site.allRows);
    const run = await site.night.rerun({ kind: 'only', rows }, { forced: true }).catch((error: unknown) => error);
    site.night.standIn.misbehave([]);
    return run;
  },
});

/** A contract that fails on a row, in words that quote it. */
const ehrSays = (name: string, patients: string): Trouble => ({
  name: `the EHR fails with ${name}`,
  night: async (site) => {
    const select = (query: string): Promise<void> => site.rewrite('patients.sql', query);
    const columns = tablesOf('well')[0]?.columns.join(', ') ?? '';
    await select(patients);
    expect(await site.run(['nightly'], { LOG_LEVEL: 'debug' })).not.toBe(0);
    await select(`SELECT ${columns} FROM patients`);
  },
});

/** As many as there are calls in such a night: of three patients and three visits. */
const spellingsOfNight = 6;

const chunksOf = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

const troubles: readonly Trouble[] = [
  ...chunksOf(echoSpellings, spellingsOfNight).map((spellings) =>
    redoxSays(
      `with the message, ${spellings.join(', ')}`,
      // One spelling after the other, call by call.
      spellings.map((spelling, index) => ({
        kind: 'echo_400',
        of: 'message',
        spell: (text) => spelled(text, spelling),
        when: { nth: index + 1, every: spellings.length },
      })),
    ),
  ),
  redoxSays('with the patient, in HTML after it took it', [{ kind: 'status_after', status: 502, body: '<p>busy</p>' }]),
  redoxSays('with half an answer', [{ kind: 'unreadable_200' }]),
  {
    name: "Redox's logs quote the patients",
    night: async (site) => {
      const { standIn } = site.night;
      const values = tablesOf('well').flatMap(({ rows }) => rows.flat().filter((value) => value.length > 4));
      const quotes = chunksOf(values, 12).map(([stage = '', code = '', ...others], index): Fault => ({
        ...{ kind: 'inside', fate: 'failed', stage, code, text: others.join(' ') },
        when: { nth: index + 1, every: Math.ceil(values.length / 12) },
      }));
      standIn.misbehave(quotes);
      const rows = () => readListedRows(site.allRows);
      await site.night.rerun({ kind: 'only', rows }, { forced: true });
      standIn.misbehave([]);
      for (const shape of Object.values(logShapes)) {
        standIn.answerLogsAs(shape);
        await site.night.confirm({ settings: platformSettings });
      }
      const body = values.join(' ');
      standIn.misbehave([{ kind: 'status', status: 400, body, when: { endpoint: 'platform' } }]);
      await site.night.rerun({ kind: 'only', rows }, { forced: true });
      await expect(site.night.confirm({ settings: platformSettings })).rejects.toThrow('logs could not be read');
      standIn.misbehave([]);
    },
  },
  {
    name: 'an audit reads the patients back',
    night: async (site) => {
      const { standIn } = site.night;
      const audit = (): Promise<number> =>
        site.run(['audit', '--all', '--content', '--repair', '--allow-large-change'], {
          LOG_LEVEL: 'debug',
          CONFIRM_WITHIN: '0s',
        });
      standIn.answerQueriesAs({ unknownKeys: true });
      expect([0, 2]).toContain(await audit());
      for (const patientId of standIn.state().patients.keys()) {
        standIn.tamper({ kind: 'alter_patient', patientId, path: 'Demographics.Sex', value: null });
      }
      expect([0, 2]).toContain(await audit());
      standIn.misbehave([{ kind: 'echo_400', of: 'message', when: { eventType: 'Query' } }]);
      expect([0, 2]).toContain(await audit());
      standIn.misbehave([]);
      standIn.answerQueriesAs({});
    },
  },
  redoxSays('that there is no token', [{ kind: 'refuse_token' }]),
  ehrSays('a date that is none', 'SELECT patient_id, last_name::date::text AS last_name FROM patients'),
  ehrSays('a number that is none', 'SELECT patient_id, ssn::integer::text AS ssn FROM patients'),
  ehrSays('words of its own', 'SELECT patient_id, complain(last_name) AS last_name FROM patients'),
  ehrSays(
    'words of its own under a code of the server',
    'SELECT patient_id, complain(last_name, $$42704$$) AS last_name FROM patients',
  ),
  ehrSays('a statement that it made of a name', 'SELECT patient_id, obey(last_name) AS last_name FROM patients'),
  ehrSays(
    'a row that breaks a constraint',
    'SELECT patient_id, last_name::first_letters::text AS last_name FROM patients',
  ),
  {
    name: 'the doctor looks at an EHR that fails',
    night: async (site) => {
      await site.rewrite(
        'encounters.sql',
        'SELECT encounter_id, patient_id, complain(department) AS department FROM encounters',
      );
      expect(await site.run(['doctor'])).not.toBe(0);
      await site.rewrite('encounters.sql', `SELECT ${tablesOf('well')[1]?.columns.join(', ') ?? ''} FROM encounters`);
    },
  },
  {
    name: 'the ledger goes away in the middle',
    night: async (site) => {
      site.night.standIn.misbehave([{ kind: 'delay', ms: 400 }]);
      const postsBefore = site.night.standIn.requests().posts;
      const running = site.run(resend(site), { LOG_LEVEL: 'debug' });
      await vi.waitFor(() => {
        expect(site.night.standIn.requests().posts).toBeGreaterThan(postsBefore);
      }, 20_000);
      expectNothingIn(await site.texts(), hunts.well);
      await killLedger(site);
      expect(await running).toBe(69);
      await site.night.pass();
      site.night.standIn.misbehave([]);
    },
  },
  {
    name: 'the reports cannot be written',
    night: async (site) => {
      expect(await site.run(resend(site), { REPORT_DIR: join(site.allRows, 'no-folder') })).toBe(69);
    },
  },
  {
    name: 'a person names a file of patients as a list of rows',
    night: async (site) => {
      const [patients] = tablesOf('well');
      const rows = patients?.rows.map((row) => row.join(',')) ?? [];
      for (const header of ['entity,entity_id', patients?.columns.join(',') ?? '', 'entity,entity_id,"']) {
        await writeFile(`${site.allRows}.wrong`, `${header}\n${rows.join('\n')}\n`);
        expect(await site.run(['rerun', '--only', `${site.allRows}.wrong`])).toBe(64);
        expect(await site.run(['acknowledge', `${site.allRows}.wrong`])).toBe(64);
      }
    },
  },
];

const functions = `
  CREATE FUNCTION complain(name text, code text DEFAULT 'P0001') RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'who is %?', name USING DETAIL = name, HINT = name, ERRCODE = code; END $$;
  CREATE FUNCTION obey(name text) RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN EXECUTE 'SELECT ' || name; RETURN name; END $$;
  CREATE DOMAIN first_letters AS text CHECK (length(value) < 3);`;

async function killLedger(site: PrivacySite): Promise<void> {
  const session = await Session.open(site.night.ledgerUrl, { neighbour: 'the ledger' });
  await session.query(
    'the end of the others',
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'redox-reconcile' AND pid <> pg_backend_pid()`,
  );
  await session.close();
}

describe('no patient value is left behind', () => {
  it('on good nights, at any log level, for machines and people', async () => {
    const site = await privacySite('postgres', tablesOf('well'));
    expect(await site.run(['doctor'])).toBeLessThan(3);
    expect(await site.run(['nightly'], { LOG_LEVEL: 'debug' })).toBeLessThan(3);
    const held = JSON.stringify([...site.night.standIn.state().patients, ...site.night.standIn.state().documents]);
    // What is looked for was really there: most of it reached Redox.
    expect(hunts.well.in(held).length).toBeGreaterThan(300);
    for (const [level, isHuman] of [
      ['debug', true],
      ['info', false],
      ['error', true],
    ] as const) {
      expect(await site.run(resend(site), { LOG_LEVEL: level }, isHuman)).toBeLessThan(3);
    }
    await site.run(['nightly'], { EHR_URL: 'postgres://nobody@127.0.0.1:1/nothing' });
    await site.run(['nightly']);
    await site.run(['status']);
    await site.run(['show-config']);
    const left = await site.texts();
    expectNothingIn(left, hunts.well);
    expect(channels.filter((channel) => (left[channel] ?? '') === '')).toEqual([]);
  });

  it('on nights with unreadable rows, whose rest Redox refuses', async () => {
    const site = await privacySite('postgres', tablesOf('badly'));
    await site.run(['doctor']);
    await site.run(['nightly'], { LOG_LEVEL: 'debug' });
    await site.run(resend(site), { LOG_LEVEL: 'debug' }, true);
    site.night.standIn.misbehave([{ kind: 'echo_400', of: 'message' }]);
    await site.run(resend(site), { LOG_LEVEL: 'debug' });
    expectNothingIn(await site.texts(), hunts.badly);
  });

  it('in any trouble', async () => {
    const site = await privacySite('postgres', tablesOf('well'));
    await site.ehr(functions);
    await site.run(['nightly']);
    for (const { night, name } of troubles) {
      await night(site).catch((error: unknown) => {
        throw new Error(`in the trouble that ${name}`, { cause: error });
      });
    }
    const left = await site.texts();
    expectNothingIn(left, hunts.well);
    expectNothingIn(left, hunts.echoed);
    // What Redox repeated was kept, masked.
    expect(left['table redox_reconcile.attempt']).toContain('***');
  });

  it('of extracts, with and without broken lines; the landing is dropped', async () => {
    const site = await privacySite('csv', tablesOf('well'));
    expect(await site.run(['doctor'])).toBeLessThan(3);
    expect(await site.run(['nightly'], { LOG_LEVEL: 'debug' })).toBeLessThan(3);
    expectNothingIn(await site.texts(), hunts.well);
    const [patients] = tablesOf('well');
    if (patients === undefined) throw new Error('no patients');
    const lines = [patients.columns, ...patients.rows].map((row) => row.join(','));
    const [header = '', first = '', second = '', third = ''] = lines;
    const broken: readonly (readonly (string | Buffer)[])[] = [
      [header, first, `${second},one more`, third.slice(0, -30)],
      [header, first, second.replace(',', ',"'), third],
      [header, first, Buffer.from(second, 'latin1'), `${third}\0`],
      [first, second, third],
      [header.toUpperCase(), `"${first}`],
      [second],
    ];
    for (const file of broken) {
      const bytes = Buffer.concat(file.flatMap((line) => [Buffer.from(line), Buffer.from('\n')]));
      await site.rewrite('patients.csv', bytes);
      await site.run(['nightly'], { LOG_LEVEL: 'debug' });
      await site.run(['doctor']);
    }
    expectNothingIn(await site.texts(), hunts.well);
  });

  it('of packed, decoded, damaged or refused extracts, in reports and in TMPDIR', async () => {
    const site = await privacySite('csv', tablesOf('well'));
    const [patients] = tablesOf('well');
    if (patients === undefined) throw new Error('no patients');
    const lines = [patients.columns, ...patients.rows].map((row) => row.join(','));
    const whole = `${lines.join('\n')}\n`;
    const damaged = `${whole}${lines[1]?.replace(/^[^,]*/, 'P-1\ufdd0') ?? ''}\n(3 rows affected)\n`;
    const kinds: readonly (readonly [string | Buffer, Environment?])[] = [
      [gzipSync(whole)],
      [Buffer.from(`\ufeff${whole}`, 'utf16le'), { CSV_ENCODING: 'utf-16' }],
      [Buffer.from(`\ufeff${whole}`, 'utf16le')],
      [Buffer.from(whole, 'latin1'), { CSV_ENCODING: 'windows-1252' }],
      [Buffer.from(whole, 'latin1')],
      [whole.replaceAll('\n', '\r')],
      [whole.replaceAll(',', ';'), { CSV_DELIMITER: 'tab' }],
      [Buffer.from(damaged.replaceAll('ö', '\xff'), 'latin1')],
      [lines.slice(0, 1).join('')],
      [lines.map((line, index) => (index === 0 ? line : line.replace(',', ',"'))).join('\n')],
    ];
    const codes: number[] = [];
    for (const [index, [content, settings = {}]] of kinds.entries()) {
      await site.rewrite('patients.csv', content);
      codes.push(await site.run(['nightly'], { LOG_LEVEL: 'debug', ...settings }, true));
      if (index === 0) await site.run(['nightly', '--plan-only'], settings);
      await site.run(['doctor', '--columns'], settings);
    }
    await site.run(['status']);
    // Some were read, some were no such file, and of one every line was lost.
    expect([...new Set(codes)].sort((one, other) => one - other)).toEqual([0, 2, 64, 75]);
    const left = await site.texts();
    expectNothingIn(left, hunts.well);
    const found = ['table redox_reconcile.source_file', 'table redox_reconcile.source_gap'];
    expect(found.filter((channel) => (left[channel] ?? '') === '')).toEqual([]);
    expect(left['file summary.json']).toContain('"left_out"');
    expect(await site.temporaryFiles()).toEqual([]);
  });

  it('by a process that crashes on an unhandled rejection', async () => {
    const site = await privacySite('postgres', tablesOf('well'));
    const secret = word('a crash', 0);
    const preload = `${site.allRows}.mjs`;
    await writeFile(
      preload,
      `const secret = ${JSON.stringify(secret)};
      const wait = setInterval(() => {
        if (process.listenerCount('unhandledRejection') === 0) return;
        clearInterval(wait);
        Promise.reject(Object.assign(new Error(secret, { cause: new Error(secret) }), { detail: secret, code: secret }));
      }, 5);`,
    );
    const { code, said } = await crashing(preload, site.night.environment);
    expect(code).toBe(70);
    expect(said).toContain('This is a bug in redox-reconcile');
    expect(new Hunt(new Map([[secret, 'a crash']])).in(said)).toEqual([]);
  });
});

/** A night in a process of its own, with something more in it; everything that it writes. */
async function crashing(preload: string, environment: Environment): Promise<{ code: number | null; said: string }> {
  const argv = ['--import', 'tsx', '--import', preload, join(packageRoot, 'jobs/cli.ts'), 'nightly'];
  const env = { PATH: process.env['PATH'], ...environment, LOG_LEVEL: 'debug' };
  const child = spawn(process.execPath, argv, { cwd: packageRoot, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ]);
  return { code, said: out + err };
}

describe('the hunt', () => {
  it('finds a value in each of its spellings', () => {
    const secrets = secretsOf(tablesOf('well'));
    expect(secrets.size).toBeGreaterThan(900);
    const [first] = secrets;
    const [value = '', place = ''] = first ?? [];
    const hunt = new Hunt(new Map([[value, place]]));
    for (const spelling of spellingsOf(value)) {
      expect(hunt.in(`"text":"${spelling}"`).length, spelling).toBeGreaterThan(0);
      expect(hunt.in('"text":"nothing"')).toEqual([]);
    }
  });
});

import { basename, dirname } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { parseSourceFile, readSourceFiles, type SourceFile } from './source-tree.ts';

// Parses the whole program: slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** The house of ARCHITECTURE.md as a test: who may import whom, and why not more. */
interface Zone {
  /** Files belong to the zone with the longest fitting prefix. */
  readonly prefix: string;
  readonly may: readonly string[];
  /** Imported for their types alone, which are gone when the program runs. */
  readonly mayNameTypesOf?: readonly string[];
  /** Why not more. */
  readonly because: string;
}

/** Rooms that decide and compute: no I/O. */
const pure = [
  'src/values/',
  'src/contract/',
  'src/message/',
  'src/decide/',
  'src/directory/',
  'src/fault.ts',
  'src/json.ts',
  'src/plain-text.ts',
  'src/secret.ts',
];
const ground = [...pure, 'src/package-root.ts'];
const neighbours = ['src/ehr/', 'src/ledger/', 'src/redox/', 'src/report/'];
const services = [
  'src/fleet/',
  'src/postgres/',
  'src/mysql/',
  'src/network/',
  'src/async/',
  'src/config/',
  'src/log/',
  'src/health/',
];
const outside = [...ground, ...neighbours, ...services];
const steps = ['src/confirm/', 'src/audit/', 'src/stage/', 'src/plan/', 'src/deliver/'];
const everything = [...outside, ...steps, 'src/night/', 'src/run/'];

const zones: readonly Zone[] = [
  { prefix: 'src/fault.ts', may: [], because: 'every room throws a Fault' },
  { prefix: 'src/json.ts', may: [], because: 'every room names a JSON value' },
  { prefix: 'src/plain-text.ts', may: [], because: 'log, report and jobs write counts and times alike' },
  { prefix: 'src/package-root.ts', may: [], because: 'it finds the package and does nothing else' },
  { prefix: 'src/values/', may: [], because: 'the meaning of one value depends on no row and no message' },
  { prefix: 'src/secret.ts', may: [], because: 'a secret is marked where it comes in and prints as ***' },
  { prefix: 'src/contract/', may: ['src/values/'], because: 'a row is checked from its own columns' },
  {
    prefix: 'src/message/',
    may: ['src/values/', 'src/contract/', 'src/decide/', 'src/directory/', 'src/json.ts'],
    because: 'a message is built from rows alone, so a test needs no database and no network',
  },
  {
    prefix: 'src/decide/',
    may: ['src/values/', 'src/contract/', 'src/message/', 'src/fault.ts', 'src/json.ts', 'src/plain-text.ts'],
    because: 'decisions are pure: they are tested and read without I/O',
  },
  { prefix: 'src/directory/', may: ['src/decide/', 'src/json.ts'], because: 'the directory record is a value' },
  { prefix: 'src/network/', may: ['src/secret.ts'], because: 'it knows addresses and connections, not what is sent' },
  { prefix: 'src/async/', may: [], because: 'it bounds and orders work and knows nothing of the work' },
  {
    prefix: 'src/postgres/',
    may: [...ground, 'src/network/'],
    because: 'the EHR and the ledger both stand on it, so it knows neither',
  },
  {
    prefix: 'src/mysql/',
    may: [...ground, 'src/network/'],
    because: 'it knows a server and a statement, and nothing of what is read',
  },
  {
    prefix: 'src/ehr/',
    may: [...ground, 'src/postgres/', 'src/mysql/'],
    mayNameTypesOf: ['src/config/'],
    because: 'a neighbour that knew another could not be replaced or tested alone; the night brings them together',
  },
  {
    prefix: 'src/ledger/',
    may: [...ground, 'src/postgres/', 'src/report/report-dictionary.ts'],
    mayNameTypesOf: ['src/config/'],
    because: 'the ledger owns every state, so it never reaches for the EHR or Redox by itself',
  },
  {
    prefix: 'src/redox/',
    may: [...ground, 'src/async/', 'src/network/', 'src/redox/schema/'],
    mayNameTypesOf: ['src/config/'],
    because: 'the network knows one POST and its outcome; the ledger records it',
  },
  {
    prefix: 'src/redox/schema/',
    may: [],
    because:
      'it says what Redox documents and knows nothing of what we send, so that we and the stand-in can be held to it',
  },
  {
    prefix: 'src/redox/schema/',
    may: [],
    because: 'it holds the fields that Redox documents, and nothing of ours',
  },
  {
    prefix: 'src/report/',
    may: [...ground, 'src/postgres/', 'src/async/', 'src/report/report-dictionary.ts'],
    mayNameTypesOf: ['src/config/'],
    because: 'reports are written from SQL and can be written again at any time, without the EHR or Redox',
  },
  {
    prefix: 'src/report/report-dictionary.ts',
    may: [],
    because: 'the views carry the explanations of reports/README.md, so the ledger reads them too',
  },
  {
    prefix: 'src/fleet/',
    may: [...ground, 'src/postgres/', 'src/redox/', 'src/log/'],
    mayNameTypesOf: ['src/config/'],
    because: 'what several sites share is in a database of its own, and knows no ledger',
  },
  {
    prefix: 'src/health/',
    may: [...ground, 'src/ledger/', 'src/report/', 'src/postgres/', 'src/network/', 'src/config/', 'src/log/'],
    because: 'health is read from the ledger when a job has ended; no run depends on it',
  },
  {
    prefix: 'src/sandbox/',
    may: [
      'src/contract/',
      'src/redox/schema/',
      'src/secret.ts',
      'src/postgres/',
      'src/fault.ts',
      'src/json.ts',
      'src/package-root.ts',
    ],
    because: "a stand-in that used our own messages or client would agree with their mistakes; the schema is Redox's",
  },
  {
    prefix: 'src/config/',
    may: [...pure, 'src/network/', 'src/package-root.ts'],
    because: 'settings are read before anything is opened',
  },
  { prefix: 'src/log/', may: pure, because: 'every room may log, so the log knows no room' },
  {
    prefix: 'src/run/',
    may: outside,
    because: 'every run opens and closes its neighbours alike, so the frame knows no single one of them',
  },
  {
    prefix: 'src/confirm/',
    may: [...outside, 'src/run/'],
    because: 'it asks what became of earlier messages before anything is read or planned',
  },
  {
    prefix: 'src/audit/',
    may: [...outside, 'src/run/', 'src/deliver/'],
    because: 'it builds what a delivery would send, and compares it with what Redox answers',
  },
  {
    prefix: 'src/stage/',
    may: [...outside, 'src/run/'],
    because: 'the rows are staged before anything is decided about them, so the stage knows no plan and no delivery',
  },
  {
    prefix: 'src/deliver/',
    may: [...outside, 'src/run/'],
    because: 'a delivery takes the plan from the ledger, so that a plan of another run can be delivered too',
  },
  {
    prefix: 'src/plan/',
    may: [...outside, 'src/run/', 'src/stage/', 'src/deliver/'],
    because: 'the plan is made from the stage, and asks the delivery what a sample would send',
  },
  {
    prefix: 'src/night/',
    may: [...outside, ...steps, 'src/run/'],
    because: 'the night runs against the neighbours it is given, never against the sandbox by its own choice',
  },
  {
    prefix: 'src/runs/',
    may: [...outside, ...steps, 'src/run/'],
    because: 'the other runs stand beside the night and share its steps; each can be read without the night',
  },
  { prefix: 'jobs/', may: [...everything, 'src/runs/', 'src/sandbox/'], because: 'nothing' },
];

/** Libraries that have one home. */
const homes: Readonly<Record<string, { readonly in: readonly string[]; readonly because: string }>> = {
  pg: {
    in: ['src/postgres/', 'src/sandbox/', 'src/ehr/landing/landing-name.ts'],
    because: 'sessions are pinned in one place',
  },
  mysql2: { in: ['src/mysql/'], because: 'sessions are pinned in one place' },
  'pg-copy-streams': { in: ['src/postgres/'], because: 'COPY is spoken in one place' },
  undici: {
    in: ['src/redox/', 'src/health/alert/', 'src/network/through-proxy.ts'],
    because: 'HTTP leaves for Redox and for alerts, and nowhere else',
  },
  'prom-client': { in: ['src/health/metrics/'], because: 'only there a figure has to be in a format of theirs' },
  'p-limit': {
    in: ['src/async/bounded.ts'],
    because: 'it goes on starting queued work after a failure, so it is wrapped once',
  },
  winston: { in: ['src/log/'], because: 'the log is a closed list of events' },
  'd3-scale': {
    in: ['src/report/page/chart/amounts.ts', 'src/report/page/chart/drawing.ts'],
    because: 'only there something has a place in pixels',
  },
  zod: { in: ['src/'], because: 'the jobs get values that are already read' },
  dotenv: { in: ['src/config/'], because: 'the environment is read in one place' },
  commander: { in: ['jobs/'], because: 'only the command line knows the command line' },
  'node-cron': { in: ['jobs/'], because: 'a schedule is a thin caller of the jobs' },
};

const files = readSourceFiles('src', 'jobs');

const zoneOf = (path: string): Zone | undefined =>
  zones.filter(({ prefix }) => path.startsWith(prefix)).sort((a, b) => b.prefix.length - a.prefix.length)[0];

/** The imports of a file that its zone does not allow, each with the reason. */
function trespasses(file: SourceFile): string[] {
  const zone = zoneOf(file.path);
  if (zone === undefined) return [`${file.path} belongs to no zone of this test`];
  return file.imports.flatMap(({ target, isTypeOnly }) => {
    const wanted = target.endsWith('.ts') ? zoneOf(target)?.prefix : undefined;
    if (!target.endsWith('.ts') || wanted === zone.prefix) return [];
    const isAllowed = [...zone.may, ...(isTypeOnly ? (zone.mayNameTypesOf ?? []) : [])].includes(wanted ?? '');
    return isAllowed ? [] : [`${file.path} imports ${target}, but ${zone.because}`];
  });
}

const libraryOf = (target: string): string => /^(@[^/]+\/)?[^/]+/.exec(target)?.[0] ?? target;

describe('imports', () => {
  test("stay within each zone's allowance", () => {
    expect(files.flatMap(trespasses)).toEqual([]);
  });

  test('of the pure rooms are pure rooms and pure libraries', () => {
    const pure = ['htmlparser2', 'entities', 'luxon', 'node:util', 'node:crypto', 'node:buffer'];
    const strange = files
      .filter(({ path }) => pure.some((room) => path.startsWith(room)))
      .flatMap(({ path, imports }) => imports.map(({ target }) => ({ path, target })))
      .filter(({ target }) => !target.endsWith('.ts') && !pure.includes(target));
    expect(strange).toEqual([]);
  });

  test('of a library stay in its home', () => {
    const strays = files.flatMap(({ path, imports }) =>
      imports.flatMap(({ target, isTypeOnly }) => {
        const home = homes[libraryOf(target)];
        if (home === undefined || isTypeOnly || home.in.some((prefix) => path.startsWith(prefix))) return [];
        return [`${path} imports ${target}, but ${home.because}`];
      }),
    );
    expect(strays).toEqual([]);
  });

  test("keep a server's dialect below the seam of the EHR", () => {
    const below = ['src/ehr/postgres/', 'src/ehr/mysql/', 'src/ehr/csv/', 'src/ehr/fhir/', 'src/ehr/landing/'];
    /** They choose the server. */
    const choosing = ['src/ehr/ehr-session.ts', 'src/ehr/readable-tables.ts'];
    const dialects = ['src/ehr/postgres/', 'src/postgres/', 'src/ehr/mysql/', 'src/mysql/'];
    const above = files.filter(
      ({ path }) => path.startsWith('src/ehr/') && ![...below, ...choosing].some((prefix) => path.startsWith(prefix)),
    );
    expect(above.length).toBeGreaterThan(15);
    const strays = above.flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => dialects.some((room) => target.startsWith(room)))
        .map(({ target }) => [path, target]),
    );
    expect(strays).toEqual([]);
  });

  test('form no circle', () => {
    const graph = new Map(files.map(({ path, imports }) => [path, imports.map(({ target }) => target)]));
    expect(circlesIn(graph)).toEqual([]);
  });
});

/** Depth first; a path that meets itself is a circle. */
function circlesIn(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    if (trail.includes(path) || done.has(path)) return;
    for (const target of graph.get(path) ?? []) walk(target, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) walk(path, []);
  return circles;
}

test('every file and folder has a descriptive name', () => {
  const homeless = /^(.+-)?(utils?|helpers?|common|types|misc|lib|shared)$/;
  const names = files.flatMap(({ path }) => [basename(path, '.ts'), ...dirname(path).split('/')]);
  expect(names.filter((name) => homeless.test(name))).toEqual([]);
  expect(files).not.toEqual([]);
  for (const { path } of files) expect(path).toMatch(/^[a-z0-9-/]+\.ts$/);
});

test('every folder has at most sixteen files', () => {
  const folders = readSourceFiles('src', 'jobs', 'test').map(({ path }) => dirname(path));
  const sizeOf = (folder: string): number => folders.filter((other) => other === folder).length;
  expect([...new Set(folders)].filter((folder) => sizeOf(folder) > 16)).toEqual([]);
});

describe('SQL', () => {
  const statement =
    /\b(SELECT\s[^]*\bFROM|INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|TRUNCATE|COPY\s*\(|(CREATE|DROP|ALTER)\s+(TABLE|SCHEMA|INDEX|DATABASE|ROLE|VIEW))\b/;
  const landing = "a site's CSV files and columns name the tables they land in, and DDL takes no parameters";
  /** What cannot be a file, and why. Names are put into these texts, quoted; values never are. */
  const exceptions: Readonly<Record<string, string>> = {
    'src/ehr/mysql/compose.ts': "a site's contract query is composed into ours",
    'src/ehr/postgres/compose.ts': "a site's contract query is composed into ours",
    'src/ehr/csv/csv-landing.ts': landing,
    'src/ehr/landing/landing-declaration.ts': landing,
    'src/ehr/landing/landing-table.ts': landing,
    'src/sandbox/embedded-postgres.ts': "CREATE DATABASE takes no parameter for the database's name",
  };

  test('is kept in .sql files', () => {
    const found = files
      .filter(({ path }) => exceptions[path] === undefined)
      .flatMap(({ path, texts }) =>
        texts.filter(({ text }) => statement.test(text)).map(({ line, text }) => `${path}:${line} ${text}`),
      );
    expect(found).toEqual([]);
  });
});

test('this test catches SQL in a string', () => {
  const file = parseSourceFile(
    'src/redox/example.ts',
    "import { type A } from '../config/config.ts';\nimport { b } from '../ledger/run/run.ts';\nconst q = `SELECT ${b} FROM x`;\nawait import('pg');",
  );
  expect(file.imports).toEqual([
    { target: 'src/config/config.ts', isTypeOnly: true },
    { target: 'src/ledger/run/run.ts', isTypeOnly: false },
    { target: 'pg', isTypeOnly: false },
  ]);
  expect(file.texts).toEqual([{ line: 3, text: 'SELECT … FROM x' }]);
  expect(trespasses(file)).toHaveLength(1);
  expect(
    circlesIn(
      new Map([
        ['a', ['b']],
        ['b', ['c']],
        ['c', ['b']],
      ]),
    ),
  ).toEqual(['b → c → b']);
});

import { basename, dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseSourceFile, readSourceFiles, type SourceFile } from './source-tree.ts';

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

const neighbours = ['src/ehr/', 'src/ledger/', 'src/redox/', 'src/report/', 'src/alert/', 'src/metrics/'];
const ground = ['src/core/', 'src/core/message/', 'src/package-root.ts'];
const everything = [...ground, ...neighbours, 'src/postgres/', 'src/steps/', 'src/config', 'src/log', 'src/bounded.ts'];

const zones: readonly Zone[] = [
  {
    prefix: 'src/core/',
    may: ['src/core/message/'],
    because:
      'decisions are pure: what does no I/O can be tested without anything, and read without anything else in mind',
  },
  { prefix: 'src/core/message/', may: ['src/core/'], because: 'building a message is a decision like the others' },
  {
    prefix: 'src/postgres/',
    may: ground,
    because: 'how we speak to Postgres knows nothing of the job, so the EHR and the ledger can both stand on it',
  },
  {
    prefix: 'src/ehr/',
    may: [...ground, 'src/postgres/'],
    mayNameTypesOf: ['src/config'],
    because: 'a neighbour that knew another could not be replaced, or tested, alone; the steps bring them together',
  },
  {
    prefix: 'src/ledger/',
    may: [...ground, 'src/postgres/'],
    mayNameTypesOf: ['src/config'],
    because: 'the ledger is the sole owner of every state, so it must not reach for the EHR or Redox by itself',
  },
  {
    prefix: 'src/redox/',
    may: [...ground, 'src/redox/schema/', 'src/bounded.ts', 'src/fresh-connection.ts'],
    mayNameTypesOf: ['src/config'],
    because: 'the network knows one POST and its outcome; what is recorded of it is not its business',
  },
  {
    prefix: 'src/redox/schema/',
    may: [],
    because:
      'it says what Redox documents and knows nothing of what we send, so that we and the stand-in can be held to it',
  },
  {
    prefix: 'src/report/',
    may: [...ground, 'src/postgres/', 'src/bounded.ts'],
    mayNameTypesOf: ['src/config'],
    because: 'reports are written from SQL and can be written again at any time, without the EHR or Redox',
  },
  {
    prefix: 'src/alert/',
    may: [...ground, 'src/fresh-connection.ts'],
    because: 'whom to tell, and when, is decided by others: this only knows how to be heard',
  },
  {
    prefix: 'src/metrics/',
    may: ground,
    because: 'figures are shown as they are given, so what Prometheus reads can be tested without a ledger',
  },
  {
    prefix: 'src/sandbox/',
    may: ['src/core/', 'src/package-root.ts', 'src/postgres/', 'src/redox/schema/'],
    because: "a stand-in that used our own messages or client would agree with their mistakes; the schema is Redox's",
  },
  { prefix: 'src/config', may: ['src/core/', 'src/package-root.ts'], because: 'it is read before anything is opened' },
  { prefix: 'src/log', may: ['src/core/'], because: 'everything may come to be logged, so it knows nothing' },
  { prefix: 'src/bounded.ts', may: [], because: 'it wraps one library and nothing else' },
  { prefix: 'src/fresh-connection.ts', may: [], because: 'it knows one connection, and not what is said on it' },
  { prefix: 'src/package-root.ts', may: [], because: 'it says where the package is and nothing else' },
  {
    prefix: 'src/steps/',
    may: everything,
    because: 'a step brings neighbours together, but the sandbox is for demo and tests, and a job wires, not a step',
  },
  {
    prefix: 'src/reconcile.ts',
    may: everything,
    because: 'the night runs against whatever it is given, never against the sandbox by its own choice',
  },
  {
    prefix: 'src/baseline.ts',
    may: everything,
    because: 'the baseline is a shorter night, and stands beside it',
  },
  {
    prefix: 'src/apply.ts',
    may: everything,
    because: 'to deliver a stored plan is the end of a night, and stands beside it',
  },
  {
    prefix: 'src/acknowledge.ts',
    may: everything,
    because: 'to take in what others delivered is a baseline of the rows they name, and stands beside it',
  },
  {
    prefix: 'src/prune.ts',
    may: everything,
    because: 'what is forgotten is forgotten in a run like any other, and a run stands beside the night',
  },
  {
    prefix: 'src/settle.ts',
    may: everything,
    because: "a person's word is taken in a run like any other, and a run stands beside the night",
  },
  {
    prefix: 'src/organization.ts',
    may: everything,
    because: 'the directory is told in a run like any other, and a run stands beside the night',
  },
  {
    prefix: 'jobs/',
    may: [
      ...everything,
      'src/reconcile.ts',
      'src/apply.ts',
      'src/baseline.ts',
      'src/acknowledge.ts',
      'src/prune.ts',
      'src/settle.ts',
      'src/organization.ts',
      'src/sandbox/',
    ],
    because: 'nothing',
  },
];

/** Libraries that have one home. */
const homes: Readonly<Record<string, { readonly in: readonly string[]; readonly because: string }>> = {
  pg: { in: ['src/postgres/', 'src/sandbox/', 'src/ehr/landing-name.ts'], because: 'sessions are pinned in one place' },
  'pg-copy-streams': { in: ['src/postgres/'], because: 'COPY is spoken in one place' },
  undici: { in: ['src/redox/', 'src/alert/'], because: 'there is one door to Redox, and one to whoever is woken' },
  'prom-client': { in: ['src/metrics/'], because: 'only there a figure has to be in a format of theirs' },
  'p-limit': {
    in: ['src/bounded.ts'],
    because: 'it goes on starting queued work after a failure, so it is wrapped once',
  },
  winston: { in: ['src/log'], because: 'the log is a closed list of events' },
  'd3-scale': {
    in: ['src/report/page/amounts.ts', 'src/report/page/drawing.ts'],
    because: 'only there something has a place in pixels',
  },
  zod: { in: ['src/'], because: 'the jobs get values that are already read' },
  dotenv: { in: ['src/config'], because: 'the environment is read in one place' },
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
  test('stay within what each zone may know', () => {
    expect(files.flatMap(trespasses)).toEqual([]);
  });

  test('of the core are itself and what computes without I/O', () => {
    const pure = ['htmlparser2', 'entities', 'luxon', 'node:util', 'node:crypto', 'node:buffer'];
    const strange = files
      .filter(({ path }) => path.startsWith('src/core/'))
      .flatMap(({ path, imports }) => imports.map(({ target }) => ({ path, target })))
      .filter(({ target }) => !target.endsWith('.ts') && !pure.includes(target));
    expect(strange).toEqual([]);
  });

  test('of a library happen in its home', () => {
    const strays = files.flatMap(({ path, imports }) =>
      imports.flatMap(({ target, isTypeOnly }) => {
        const home = homes[libraryOf(target)];
        if (home === undefined || isTypeOnly || home.in.some((prefix) => path.startsWith(prefix))) return [];
        return [`${path} imports ${target}, but ${home.because}`];
      }),
    );
    expect(strays).toEqual([]);
  });

  test('go in no circle', () => {
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

test('every file and folder has a name that says what is in it', () => {
  const homeless = /^(.+-)?(utils?|helpers?|common|types|misc|lib|shared)$/;
  const names = files.flatMap(({ path }) => [basename(path, '.ts'), ...dirname(path).split('/')]);
  expect(names.filter((name) => homeless.test(name))).toEqual([]);
  for (const { path } of files) expect(path).toMatch(/^[a-z0-9-/]+\.ts$/);
});

describe('SQL', () => {
  const statement =
    /\b(SELECT\s[^]*\bFROM|INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|TRUNCATE|COPY\s*\(|(CREATE|DROP|ALTER)\s+(TABLE|SCHEMA|INDEX|DATABASE|ROLE|VIEW))\b/;
  const landing = "a site's CSV files and columns name the tables they land in, and DDL takes no parameters";
  /** What cannot be a file, and why. Names are put into these texts, quoted; values never are. */
  const exceptions: Readonly<Record<string, string>> = {
    'src/ehr/compose.ts': "a site's contract query is composed into ours",
    'src/ehr/csv-landing.ts': landing,
    'src/ehr/landing-declaration.ts': landing,
    'src/ehr/landing-table.ts': landing,
    'src/sandbox/embedded-postgres.ts': "CREATE DATABASE takes no parameter for the database's name",
  };

  test('stands in .sql files', () => {
    const found = files
      .filter(({ path }) => exceptions[path] === undefined)
      .flatMap(({ path, texts }) =>
        texts.filter(({ text }) => statement.test(text)).map(({ line, text }) => `${path}:${line} ${text}`),
      );
    expect(found).toEqual([]);
  });
});

test('this test sees what it is looking for', () => {
  const file = parseSourceFile(
    'src/redox/example.ts',
    "import { type A } from '../config.ts';\nimport { b } from '../ledger/run.ts';\nconst q = `SELECT ${b} FROM x`;\nawait import('pg');",
  );
  expect(file.imports).toEqual([
    { target: 'src/config.ts', isTypeOnly: true },
    { target: 'src/ledger/run.ts', isTypeOnly: false },
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

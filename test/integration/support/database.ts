import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { Secret } from '../../../src/secret.ts';
import { Session } from '../../../src/postgres/session.ts';

export interface TestDatabase {
  readonly url: Secret;
  /** Makes a template of it; nobody is connected, and nobody drops it. */
  rename(name: string): Promise<void>;
  drop(): Promise<void>;
}

/** A database of its own for a test file: empty, or a copy of a template made by `templateDatabase`. */
export async function freshDatabase(
  options: { readonly template?: string; readonly encoding?: string } = {},
): Promise<TestDatabase> {
  const encoding = options.encoding === undefined ? '' : ` ENCODING ${options.encoding} LOCALE 'C'`;
  const name = `test_${randomBytes(6).toString('hex')}`;
  // Not page by page through the log, which is for large servers that must not be brought to a checkpoint.
  const admin = await adminSession();
  await admin.query(
    'CREATE DATABASE',
    `CREATE DATABASE ${name} TEMPLATE ${options.template ?? 'template0'} STRATEGY FILE_COPY${encoding}`,
  );
  return {
    url: urlOf(name),
    rename: async (newName) => {
      await admin.query('ALTER DATABASE', `ALTER DATABASE ${name} RENAME TO ${newName}`);
    },
    drop: async () => {
      await admin.query('DROP DATABASE', `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/**
 * Builds a database once per run, whichever test file asks first, for `freshDatabase` to copy. `build` must have closed
 * its sessions when it returns, and asks for no template itself. The name is lower-case letters and underscores.
 */
export function templateDatabase(name: string, build: (url: Secret) => Promise<void>): Promise<string> {
  let template = templates.get(name);
  if (template === undefined) templates.set(name, (template = findOrBuild(name, build)));
  return template;
}

/** Those that this test file has asked for. */
const templates = new Map<string, Promise<string>>();

async function findOrBuild(name: string, build: (url: Secret) => Promise<void>): Promise<string> {
  const admin = await adminSession();
  // One at a time.
  await admin.query('the lock of the templates', 'SELECT pg_advisory_lock(1)');
  try {
    const found = await admin.query('a look for the template', 'SELECT FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 1) return name;
    const draft = `${name}_draft`;
    await admin.query('DROP DATABASE', `DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
    await admin.query('CREATE DATABASE', `CREATE DATABASE ${draft} TEMPLATE template0`);
    await build(urlOf(draft));
    await admin.query('ALTER DATABASE', `ALTER DATABASE ${draft} RENAME TO ${name}`);
    return name;
  } finally {
    await admin.query('the lock of the templates', 'SELECT pg_advisory_unlock(1)');
  }
}

function urlOf(database: string): Secret {
  const url = new URL(inject('postgresAdminUrl'));
  url.pathname = `/${database}`;
  return new Secret(url.href);
}

/** The session that makes and drops databases, opened once per worker: a connection costs as much as what it is for. */
let admin: Promise<Session> | null = null;
const adminSession = (): Promise<Session> =>
  (admin ??= Session.open(new Secret(inject('postgresAdminUrl')), { neighbour: 'the test server' }));

/** The same database, as another role, whose password is `reading`. */
export function as(database: Secret, name: string): string {
  const url = new URL(database.reveal());
  url.username = name;
  url.password = 'reading';
  return url.href;
}

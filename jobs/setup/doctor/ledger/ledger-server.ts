import { inFull } from '../../../../src/plain-text.ts';
import { whyNotWritable } from '../../../../src/ledger/run/ledger-session.ts';
import type { Session } from '../../../../src/postgres/session.ts';
import { grantsTo } from '../../../../src/ledger/rights.ts';
import { statement } from '../../../../src/postgres/sql-file.ts';
import { type Check, fault, ok, warning } from '../check.ts';

/** What the ledger's statements need (`MATERIALIZED`, from 12 on), and what they are tested on: the embedded one, and 15. */
const lowestVersion = 120_000;
const testedFrom = 150_000;

interface Server {
  readonly version: string;
  readonly version_number: number;
  readonly role: string;
  readonly synchronous_commit: string;
  readonly fsync: string;
  readonly can_create_schemas: boolean;
  readonly database: string;
  readonly bytes: number;
  readonly has_schema: boolean;
  readonly can_use_schema: boolean;
  readonly can_create_tables: boolean;
}

/** A table or a sequence, and the rights on it that we lack. */
interface Guarded {
  readonly name: string;
  readonly missing_rights: string;
}

interface Table extends Guarded {
  readonly is_unlogged: boolean;
  readonly is_owner: boolean;
  readonly owner: string;
}

/** The ledger's server, and what our role may do there. */
export async function checkLedgerServer(session: Session): Promise<Check[]> {
  const server = await session.one<Server>(statement('doctor/describe_ledger_server'));
  return [checkVersion(server, session), checkDurability(server), ...(await checkRights(session, server))];
}

function checkVersion({ version, version_number, database, bytes }: Server, session: Session): Check {
  const says = `Postgres ${version}, database ${database}, ${inFull(Math.ceil(bytes / 1_000_000))} MB.`;
  const refusal = whyNotWritable(session);
  if (refusal !== null) return fault('server', `${says} ${refusal}`, null);
  if (version_number < lowestVersion) {
    return fault(
      'server',
      `${says} The ledger needs 12 or newer.`,
      'Use a newer server, or LEDGER_URL=embedded:<folder>.',
    );
  }
  if (version_number < testedFrom) {
    return warning('server', `${says} Versions before 15 are not tested.`, 'Prefer 15 or newer.');
  }
  return ok('server', says);
}

/** A call counts as recorded when its commit returns, so a commit has to be on disk by then. */
function checkDurability({ fsync, synchronous_commit }: Server): Check {
  if (fsync !== 'on') {
    return warning(
      'durability',
      'fsync is off: where the machine crashes, outcomes that were recorded can be lost, and calls are sent twice.',
      'Set fsync = on in postgresql.conf; it is off on test servers only.',
    );
  }
  if (synchronous_commit === 'off') {
    return warning(
      'durability',
      'synchronous_commit is off in our session.',
      'See that no pooler rewrites its settings.',
    );
  }
  return ok('durability', `A commit is on disk when it returns (fsync on, synchronous_commit ${synchronous_commit}).`);
}

async function checkRights(session: Session, server: Server): Promise<Check[]> {
  const { role, database, has_schema, can_use_schema, can_create_schemas, can_create_tables } = server;
  if (!has_schema) {
    if (can_create_schemas) return [ok('rights', `${role} may create the ledger's schema.`)];
    return [
      lacking(`${role} may not create the ledger's schema.`, `GRANT CREATE ON DATABASE "${database}" TO "${role}";`),
    ];
  }
  if (!can_use_schema || !can_create_tables) {
    const says = `${role} may not use the ledger's schema, or not create tables there.`;
    return [lacking(says, `GRANT USAGE, CREATE ON SCHEMA redox_reconcile TO "${role}";`)];
  }
  const tables = await session.run<Table>(statement('doctor/describe_ledger_tables'));
  const sequences = await session.run<Guarded>(statement('doctor/describe_ledger_sequences'));
  const closed = [...tables.filter(({ missing_rights }) => missing_rights !== ''), ...sequences];
  if (closed.length > 0) {
    const which = closed.map(({ name, missing_rights }) => `${name} (${missing_rights})`).join(', ');
    return [lacking(`${role} lacks rights on ${which}.`, grantsTo(role))];
  }
  const foreign = tables.find(({ is_owner }) => !is_owner);
  if (foreign !== undefined) {
    const says = `${role} may write every table of the ledger but does not own ${foreign.name}, so it cannot migrate it.`;
    return [warning('rights', says, `Run \`redox-reconcile migrate\` as ${foreign.owner}, which owns it.`)];
  }
  const unlogged = tables.filter(({ is_unlogged }) => is_unlogged).length;
  return [ok('rights', `${role} owns and may write all ${tables.length} tables, ${unlogged} of them the stage.`)];
}

const lacking = (says: string, grant: string): Check => fault('rights', says, `As the owner of the database: ${grant}`);

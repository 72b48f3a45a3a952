/**
 * The rights that the role of LEDGER_URL needs, and the remedy if it lacks one. Only a migration needs the owner of the ledger; runs work
 * with any role that has the rights.
 */
import { exitCodes, DatabaseFault } from '../fault.ts';
import { type OurTables } from '../postgres/database-fault.ts';
import { quotedName } from '../postgres/quoted-name.ts';
import type { Session } from '../postgres/session.ts';
import { filledStatement, statement } from '../postgres/sql-file.ts';

/** The statements that let a role work with a ledger which another role owns, in one line. */
export function grantsTo(role: string): string {
  const { text } = filledStatement('ledger/rights/grant_to_role', { role: quotedName(role) });
  return `${text.replaceAll('\n', ' ')};`;
}

/** What the statements of a topic of `sql/ledger/` do, for people; those that do something else are named. */
const tasks: Readonly<Record<string, string>> = {
  'run/close_run': 'closing a run',
  session: 'opening the ledger',
  migrate: 'migrating the ledger',
  rights: 'finding the owner of the ledger',
  position: 'opening a run',
  target: 'opening a run',
  run: 'opening a run',
  source: 'recording what was read',
  stage: 'staging rows',
  sweep: 'staging rows',
  differences: 'comparing rows',
  summaries: 'finding summaries',
  guard: 'checking the plan',
  plan: 'storing the plan',
  deliver: 'taking calls from the plan',
  sending: 'recording calls',
  outcomes: 'recording calls',
  report: 'reading for the reports',
  status: 'reading the status',
  acknowledge: 'recording what another sender delivered',
  health: 'recording how the job ended',
  apply: 'taking over a plan',
  audit: 'recording what was read back',
  baseline: 'marking rows as synced',
  confirm: 'recording what became of messages',
  organization: 'recording an organization',
  prune: 'pruning',
  restore: 'repairing the ledger after a restore',
  settle: 'settling rows',
};

function taskOf(what: string): string {
  // `stage-faults` is a part of `stage`.
  const [, topic = '', part = '', name = ''] = /^ledger\/(\w+)(-\w+)?\/(\w+)/.exec(what) ?? [];
  return tasks[`${topic}${part}/${name}`] ?? tasks[topic] ?? what;
}

export const ledgerTables: OurTables = {
  taskOf,
  remedyFor: (role) =>
    `${role} lacks a right on the ledger's tables. As their owner: ${grantsTo(role)} Then start the job again.`,
};

interface Ownership {
  readonly role: string;
  readonly database: string;
  /** Null where there is no ledger yet. */
  readonly owner: string | null;
}

/** Explains who can run a migration that was refused because a right is missing. Other errors stay unchanged. */
export async function explainRefusedMigration(session: Session, error: unknown): Promise<unknown> {
  if (!(error instanceof DatabaseFault) || error.code !== '42501') return error;
  const found = await session.one<Ownership>(statement('ledger/rights/find_owner')).catch(() => null);
  if (found === null) return error;
  return new DatabaseFault(`${error.sentence} ${remedyOf(found)}`, error.code, {
    cause: error,
    exitCode: exitCodes.usage,
    sentence: error.sentence,
  });
}

function remedyOf({ role, database, owner }: Ownership): string {
  if (owner === null) {
    const [place, to] = [database, role].map(quotedName);
    return `The role of LEDGER_URL makes the ledger's schema. As the owner of the database: GRANT CREATE ON DATABASE ${place} TO ${to}; then start the job again.`;
  }
  if (owner === role)
    return 'Ask the owner of the database which right this role lacks there, then start the job again.';
  return (
    `A migration changes the ledger's tables, and only the role that owns them may do that: ${owner}. Run \`redox-reconcile migrate\` ` +
    `with ${owner} in LEDGER_URL, then start the job again as ${role}.`
  );
}

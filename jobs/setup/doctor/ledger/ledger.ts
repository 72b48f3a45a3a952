import { existsSync } from 'node:fs';
import type { LedgerStore } from '../../../../src/config/config.ts';
import { exitCodes } from '../../../../src/fault.ts';
import type { Secret } from '../../../../src/secret.ts';
import { whichKeyOpens } from '../../../../src/ledger/run/data-key.ts';
import { openReadingSession } from '../../../../src/ledger/run/ledger-session.ts';
import { lockHolder } from '../../../../src/ledger/run/lock.ts';
import { readVersion } from '../../../../src/ledger/run/migrate.ts';
import { isBoundAlready, type Target } from '../../../../src/ledger/run/target.ts';
import type { Session } from '../../../../src/postgres/session.ts';
import { statement } from '../../../../src/postgres/sql-file.ts';
import { afterRestoreRemedy, describeLoss, findPosition } from '../../../../src/run/lost-commits.ts';
import { dataIn } from '../../../../src/sandbox/embedded-postgres-folder.ts';
import { withLedgerUrl } from '../../../ledger/ledger-url.ts';
import { type Check, fault, faultOf, look, ok, skipped, warning } from '../check.ts';
import { checkClock } from '../clock.ts';
import { checkAvailability } from './availability.ts';
import { checkConnections } from './connections.ts';
import { checkHistory } from '../history.ts';
import { checkLedgerServer } from './ledger-server.ts';
import { checkSessionSettings } from './session-settings.ts';

interface LedgerQuestion {
  readonly store: LedgerStore | undefined;
  /** Undefined if the setting is invalid; the check of the settings has reported it. */
  readonly key: Secret | undefined;
  readonly previousKey: Secret | null;
  readonly target: Target | null;
  readonly now: Date;
  /** Undefined if invalid, which the check of settings shows. */
  readonly reportDir: string | undefined;
  /** How many connections a run has there at once. */
  readonly connections: number;
}

/** The ledger: the server, our rights there, and what is in it. */
export async function checkLedger(question: LedgerQuestion): Promise<readonly Check[]> {
  const { store } = question;
  if (store === undefined) return [skipped('server', 'because LEDGER_URL does not fit.')];
  if (store.kind === 'embedded' && !existsSync(dataIn(store.folder))) {
    return [
      skipped('server', `because ${store.folder} holds no ledger yet; the first job that writes makes one there.`),
    ];
  }
  return look('server', () => withLedgerUrl(store, (url) => checkServer(url, question)));
}

async function checkServer(url: Secret, question: LedgerQuestion): Promise<readonly Check[]> {
  const session = await openReadingSession(url);
  try {
    const server = await look('server', () => checkLedgerServer(session));
    const clock = await look('clock', async () => [await checkClock(session, "The ledger's Postgres")]);
    const availability = await look('availability', () => checkAvailability(session));
    const settings = await look('session', () => checkSessionSettings(session));
    const connections = await look('connections', async () => [await checkConnections(session, question.connections)]);
    const isClosed = server.some(({ what, result }) => what === 'rights' && result === 'fault');
    if (isClosed)
      return [
        ...server,
        ...availability,
        ...settings,
        ...connections,
        ...clock,
        skipped('version', 'because of the rights.'),
        ...unread('of the rights'),
      ];
    return [
      ...server,
      ...availability,
      ...settings,
      ...connections,
      ...clock,
      ...(await look('version', () => checkContent(session, question))),
    ];
  } finally {
    await session.close();
  }
}

/** The ledger's content can only be read at this program's version. */
async function checkContent(session: Session, question: LedgerQuestion): Promise<readonly Check[]> {
  const { version, latest, refusal } = await readVersion(session);
  if (refusal !== null) return [faultOf('version', refusal), ...unread('this program cannot use the ledger')];
  if (version === 0) {
    return [
      ok('version', 'There is no ledger yet; the first job that writes makes it.'),
      ...unread('there is no ledger yet'),
    ];
  }
  const lock = await look('lock', () => checkLock(session));
  if (version < latest) {
    const says = `It is at version ${version}; the next job that writes brings it to ${latest}, or \`redox-reconcile migrate\` does.`;
    return [ok('version', says), ...lock, ...unread('the ledger is older')];
  }
  return [
    ok('version', `It is at version ${version}, this program's own.`),
    ...lock,
    ...(await look('key', () => checkKey(session, question))),
    ...(await look('target', () => checkTarget(session, question))),
    ...(await look('commits', () => checkCommits(session, question))),
    ...(await look('history', () => checkHistory(session, question))),
  ];
}

const unread = (because: string): Check[] =>
  ['key', 'target', 'commits', 'history'].map((what) => skipped(what, `because ${because}.`));

async function checkLock(session: Session): Promise<Check[]> {
  const { is_held } = await session.one<{ is_held: boolean }>(statement('doctor/is_lock_held'));
  return [ok('lock', is_held ? `A run is going: ${await lockHolder(session)}.` : 'No run is going.')];
}

async function checkKey(session: Session, { key, previousKey }: LedgerQuestion): Promise<Check[]> {
  if (key === undefined) return [skipped('key', 'because LEDGER_KEY does not fit.')];
  switch (await whichKeyOpens(session, key, previousKey)) {
    case 'none':
      return [ok('key', 'The ledger has no key yet; its first run makes one, which LEDGER_KEY wraps.')];
    case 'current':
      return [
        previousKey === null
          ? ok('key', 'LEDGER_KEY opens it.')
          : warning(
              'key',
              'LEDGER_KEY opens it, so LEDGER_KEY_PREVIOUS is of no more use.',
              'Take LEDGER_KEY_PREVIOUS out.',
            ),
      ];
    case 'previous':
      return [ok('key', 'LEDGER_KEY_PREVIOUS opens it; the next job that writes wraps its key with LEDGER_KEY.')];
  }
}

/** Does the ledger know all that REPORT_DIR says it knew? */
async function checkCommits(session: Session, { reportDir }: LedgerQuestion): Promise<Check[]> {
  if (reportDir === undefined) return [skipped('commits', 'because REPORT_DIR does not fit.')];
  const { verdict } = await findPosition(session, reportDir);
  const loss = describeLoss(verdict);
  if (loss !== null)
    return [fault('commits', `The ledger has lost commits: ${loss}.`, afterRestoreRemedy, exitCodes.refused)];
  if (verdict.kind === 'same') return [ok('commits', 'It has every commit that REPORT_DIR knows of.')];
  return [
    ok(
      'commits',
      `No commit was lost as far as REPORT_DIR shows; what it keeps of the ledger is ${inWords[verdict.kind === 'differs' ? verdict.how : 'missing']}.`,
    ),
  ];
}

const inWords = {
  missing: 'missing',
  older: 'older than the ledger',
  other_server: "of the ledger's former server",
  other_timeline: "of the time before the ledger's server was promoted",
};

async function checkTarget(session: Session, { target }: LedgerQuestion): Promise<Check[]> {
  if (target === null) return [skipped('target', 'because the settings of Redox do not fit.')];
  return [
    (await isBoundAlready(session, target))
      ? ok('target', 'It is bound to the Redox target of the settings.')
      : ok('target', 'It is bound to no Redox target yet; the first run binds it to that of the settings.'),
  ];
}

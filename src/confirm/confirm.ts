/**
 * Confirm: what became of accepted messages inside Redox, and what that does to the rows of the ledger (`decide/redox/confirmation.ts`).
 *
 *   ask → settle
 *
 * Asking records each log status as it comes. Settling decides over all of them in one transaction, so a run that dies has settled all or
 * nothing, and the next one asks again.
 */
import type { Config, PlatformConfig } from '../config/config.ts';
import { decide, type Decided, type Ruling, type TroubleLine } from '../decide/redox/confirmation.ts';
import type { RetryPolicy } from '../decide/redox/failure.ts';
import { NeighbourFault } from '../fault.ts';
import { sharedRateOf } from '../fleet/open-shared-rate.ts';
import {
  beginConfirmation,
  endFiltered,
  endLogs,
  lastSuccesses,
  latePending,
  letWait,
  listLackingRows,
  listUndelivered,
  noteQuery,
  overtakenCalls,
  oweAgain,
  recentQueryAges,
  recordConfirmation,
  recordTroubles,
  type Undelivered,
  unsettledCalls,
} from '../ledger/record/confirmation.ts';
import { readLedgerClock } from '../ledger/run/ledger-session.ts';
import { openPlatform, type PlatformClient } from '../redox/platform/platform-client.ts';
import { timed } from '../run/run-log.ts';
import type { LedgerServices } from '../run/services.ts';
import { dateIn } from '../values/time/wall-clock.ts';
import { type Answers, askForLogs, noAnswers } from './ask.ts';

export interface ConfirmPolicy {
  readonly config: Pick<Config, 'redox' | 'siteTimeZone' | 'confirmWithinMs' | 'rateLimit' | 'rateBudget'> & {
    readonly platform: PlatformConfig;
  };
  readonly retry?: Partial<RetryPolicy>;
  /** Asks about calls of runs since then; null: of the last seven days. */
  readonly since: Date | null;
  /** No query starts after this time; null for no limit. */
  readonly mostMs: number | null;
  /** Lists the rows that are owed again; false if a plan of the same run does. */
  readonly listsOwed: boolean;
}

/** Redox's dashboard opens with the last seven days; nothing documents how long logs are kept. */
const usualDays = 7;
const dayMs = 86_400_000;

/** Rejects with a NeighbourFault if Redox stopped answering; the answers until then are settled. */
export const confirm = (policy: ConfirmPolicy, services: LedgerServices): Promise<'done' | 'stopped'> =>
  timed(services, 'confirm', async () => {
    const { ledger, signal } = services;
    const now = (await readLedgerClock(ledger.reader))();
    const since = policy.since ?? new Date(services.now().getTime() - usualDays * dayMs);
    await beginConfirmation(ledger.writer, since);
    const client = await openClient(policy, services);
    const answers = noAnswers();
    try {
      const failure = await ask(policy, services, { client, since, now, answers });
      if (signal.aborted) return 'stopped';
      await settle(policy, services, { answers, since, now, queries: client.queries(), failure });
      if (failure !== null) throw failure;
      return answers.isWhole ? 'done' : 'stopped';
    } finally {
      await client.close();
    }
  });

async function openClient(
  { config, retry = {} }: ConfirmPolicy,
  { ledger, log, signal }: LedgerServices,
): Promise<PlatformClient> {
  const { platform, redox } = config;
  const { rateLimit } = platform;
  const earlierAgesMs = rateLimit === null ? [] : await recentQueryAges(ledger.reader, rateLimit.windowMs);
  const onQuery = (): Promise<void> => noteQuery(ledger.writer);
  const shared = sharedRateOf({ config, log, signal });
  const client = openPlatform({
    ...{ platform, redox, rateLimit, shared, earlierAgesMs, retry, signal, onQuery },
  });
  return {
    ...client,
    close: async () => {
      await client.close();
      await shared?.close();
    },
  };
}

interface Round {
  readonly client: PlatformClient;
  readonly since: Date;
  readonly now: Date;
  readonly answers: Answers;
}

/** Asks Redox, and returns the fault that ended it; null if there was none, or after a signal. */
async function ask(
  { config, mostMs }: ConfirmPolicy,
  { ledger: { reader, writer }, signal }: LedgerServices,
  { client, since, now, answers }: Round,
): Promise<NeighbourFault | null> {
  const endsAt = performance.now() + (mostMs ?? Infinity);
  const isOver = (): boolean => signal.aborted || performance.now() >= endsAt;
  const { confirmWithinMs } = config;
  try {
    await askForLogs({ reader, writer, client, since, startedAt: now, confirmWithinMs, isOver }, answers);
    return null;
  } catch (error) {
    if (signal.aborted) return null;
    if (!(error instanceof NeighbourFault) || writer.isLost) throw error;
    answers.isWhole = false;
    return error;
  }
}

interface Settling extends Omit<Round, 'client'> {
  readonly queries: number;
  readonly failure: NeighbourFault | null;
}

async function settle(
  { config, listsOwed }: ConfirmPolicy,
  { ledger: { writer }, run, log, now: today }: LedgerServices,
  { answers, since, now, queries, failure }: Settling,
): Promise<void> {
  const { counts, windows, unsettled, isWhole, unread } = answers;
  await writer.transaction(async () => {
    const { confirmWithinMs } = config;
    const calls = await unsettledCalls(writer, unsettled);
    const lastSuccess = await lastSuccesses(writer, since);
    const late = await latePending(writer, now, new Date(now.getTime() - confirmWithinMs));
    const decided = decide({ calls, windows, latePending: late, lastSuccess });
    const owed = [...owedOf(decided), ...(await overtakenRulings(since))];
    await letWait(
      writer,
      decided.rulings.filter(({ verdict }) => verdict === 'waits'),
    );
    await endLogs(
      writer,
      decided.rulings.filter(({ verdict }) => verdict === 'final'),
    );
    await endFiltered(writer, now);
    await oweAgain(
      writer,
      run,
      owed.map(({ ruling }) => ruling),
      dateIn(config.siteTimeZone, today().getTime()),
    );
    if (listsOwed) await listUndelivered(writer, run, owed);
    await listLackingRows(writer, run);
    const unreadable: readonly TroubleLine[] =
      failure === null || unread === null ? [] : [{ ...unread, kind: 'logs_unreadable' }];
    await recordTroubles(writer, run, merged([...decided.troubles, ...unreadable]));
    await recordConfirmation(writer, run, counts, { queries, isWhole });
  });
  log('confirmed', { runId: run.id, asked: counts.asked, succeeded: counts.succeeded, pending: counts.pending });

  async function overtakenRulings(from: Date): Promise<readonly Owed[]> {
    const ids = await overtakenCalls(writer, from);
    return ids.map((callId) => ({
      callId,
      detail: 'overtaken',
      ruling: { callId, eventType: 'VisitPush', verdict: 'owed_freely', isUnseen: false },
    }));
  }
}

interface Owed extends Undelivered {
  readonly ruling: Ruling;
}

const owedOf = ({ rulings }: Decided): readonly Owed[] =>
  rulings
    .filter(({ verdict }) => verdict === 'owed' || verdict === 'owed_freely')
    .map((ruling) => ({ callId: ruling.callId, detail: ruling.isUnseen ? 'unseen' : 'failed', ruling }));

const merged = (lines: readonly TroubleLine[]): readonly TroubleLine[] => {
  const byKey = new Map<string, TroubleLine>();
  for (const line of lines) byKey.set(`${line.dataModel} ${line.kind}`, line);
  return [...byKey.values()];
};

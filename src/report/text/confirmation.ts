import type { ConfirmationCounts } from '../../decide/redox/confirmation.ts';
import { counted, inFull } from '../../plain-text.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';

/** What a run asked Redox and found; null if it asked nothing. */
export async function readConfirmation(session: Session, runNumber: number): Promise<ConfirmationCounts | null> {
  const [counts] = await session.run<ConfirmationCounts>(statement('ledger/confirm/read_confirmation'), [runNumber]);
  return counts ?? null;
}

/** `Redox has confirmed 1,204 of 1,210; 6 are on their way.` */
export function describeConfirmation(counts: ConfirmationCounts): string {
  const { asked, succeeded, pending, failed, filtered, unseen } = counts;
  if (asked === 0) return 'No accepted message was left to confirm.';
  const others = [
    pending === 0 ? '' : `${inFull(pending)} ${pending === 1 ? 'is' : 'are'} on ${pending === 1 ? 'its' : 'their'} way`,
    failed === 0 ? '' : `${inFull(failed)} failed`,
    filtered === 0 ? '' : `${inFull(filtered)} ${filtered === 1 ? 'was' : 'were'} filtered`,
    unseen === 0 ? '' : `${inFull(unseen)} ${unseen === 1 ? 'has' : 'have'} no log`,
  ].filter((part) => part !== '');
  const rest = others.length === 0 ? '' : `; ${others.join(', ')}`;
  return `Redox has confirmed ${inFull(succeeded)} of ${counted(asked, 'accepted message')}${rest}.`;
}

/** Troubles of queues that many messages share. */
export const countTroubles = async (session: Session, runNumber: number): Promise<number> =>
  (await session.one<{ troubles: number }>(statement('ledger/confirm/count_queue_trouble'), [runNumber])).troubles;

/** Said wherever acceptance is not confirmed. */
export const unconfirmed = 'Redox accepted these messages; whether they arrived is not confirmed.';

/** The newest confirmation; null before the first. */
export interface LastConfirmation {
  readonly asked: number;
  readonly succeeded: number;
  readonly pending: number;
  readonly recorded_at: Date;
}

export async function readLastConfirmation(session: Session): Promise<LastConfirmation | null> {
  const [last] = await session.run<LastConfirmation>(statement('ledger/confirm/read_last_confirmation'));
  return last ?? null;
}

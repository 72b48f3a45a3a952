import type { Session } from '../postgres/session.ts';
import { statement } from '../postgres/sql-file.ts';
import { counted, inFull } from './text/plain-text.ts';

/** What nights leave for the next, such as of a first load that takes days, and how fast it shrinks. */
export interface Backlog {
  readonly nights: number;
  /** Calls that Redox accepted in those nights. */
  readonly accepted: number;
  /** Calls that wait for their turn. */
  readonly waiting: number;
}

export const readBacklog = (session: Session): Promise<Backlog> =>
  session.one<Backlog>(statement('ledger/status/read_backlog'));

/** When it will be done, at the pace of those nights; null where nothing waits, or no night has stopped before its end. */
export function describeBacklog({ nights, accepted, waiting }: Backlog): string | null {
  if (nights === 0 || waiting === 0) return null;
  const of = nights === 1 ? 'the last night' : `the last ${nights} nights`;
  if (accepted === 0) return `${inFull(waiting)} calls wait, and Redox accepted none in ${of}`;
  const perNight = accepted / nights;
  const left = Math.ceil(waiting / perNight);
  return `in about ${counted(left, 'night')}: ${counted(waiting, 'call')} wait, at the pace of ${of} (${inFull(Math.round(perNight))} a night)`;
}

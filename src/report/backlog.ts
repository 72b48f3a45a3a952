import type { Session } from '../postgres/session.ts';
import { statement } from '../postgres/sql-file.ts';
import { counted, inFull } from '../plain-text.ts';

/** Calls that recent nights left for later ones, as during a first load of several days, and the pace of sending. */
export interface Backlog {
  readonly nights: number;
  readonly accepted: number;
  readonly waiting: number;
}

export const readBacklog = (session: Session): Promise<Backlog> =>
  session.one<Backlog>(statement('ledger/status/read_backlog'));

/** Estimates the end of the backlog at that pace; null while the backlog is empty or every night ran to its end. */
export function describeBacklog({ nights, accepted, waiting }: Backlog): string | null {
  if (nights === 0 || waiting === 0) return null;
  const of = nights === 1 ? 'the last night' : `the last ${nights} nights`;
  if (accepted === 0) return `${inFull(waiting)} calls wait, and Redox accepted none in ${of}`;
  const perNight = accepted / nights;
  const left = Math.ceil(waiting / perNight);
  return `in about ${counted(left, 'night')}: ${counted(waiting, 'call')} wait, at the pace of ${of} (${inFull(Math.round(perNight))} a night)`;
}

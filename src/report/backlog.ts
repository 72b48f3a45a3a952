import { eventTypes } from '../decide/call.ts';
import { countWaitingCalls, noneWaiting, type Waiting, waitingCalls } from '../decide/plan/waiting.ts';
import type { Session } from '../postgres/session.ts';
import { statement } from '../postgres/sql-file.ts';
import { counted, inFull } from '../plain-text.ts';

/** Calls that recent nights left for later ones, as during a first load of several days, and the pace of sending. */
export interface Backlog {
  readonly nights: number;
  readonly accepted: number;
  /** Calls of the last plan that were not started. */
  readonly planned: number;
  /** Rows beyond PLAN_AHEAD, without a call yet; null for none. */
  readonly waiting: Waiting | null;
}

export const readBacklog = (session: Session): Promise<Backlog> =>
  session.one<Backlog>(statement('ledger/status/read_backlog'));

const callsLeft = ({ planned, waiting }: Backlog): number => planned + countWaitingCalls(waiting ?? noneWaiting);

/** Nights until the backlog is empty, at that pace; null if recent nights show none. */
export function nightsLeft(backlog: Backlog): number | null {
  const { nights, accepted } = backlog;
  const left = callsLeft(backlog);
  if (left === 0) return 0;
  return nights === 0 || accepted === 0 ? null : Math.ceil((left * nights) / accepted);
}

/** Estimates the end of the backlog at that pace; null while the backlog is empty or every night ran to its end. */
export function describeBacklog(backlog: Backlog): string | null {
  const { nights, accepted } = backlog;
  const left = callsLeft(backlog);
  if (nights === 0 || left === 0) return null;
  const of = nights === 1 ? 'the last night' : `the last ${nights} nights`;
  const needed = nightsLeft(backlog);
  if (needed === null) return `${inFull(left)} calls wait, and Redox accepted none in ${of}`;
  const pace = `${inFull(Math.round(accepted / nights))} a night`;
  return `in about ${counted(needed, 'night')}: ${counted(left, 'call')} wait, at the pace of ${of} (${pace})`;
}

/** By event type, the rows that wait for a plan; null for none. */
export function describeWaiting({ waiting }: Backlog): string | null {
  if (waiting === null) return null;
  const calls = waitingCalls(waiting);
  const named = eventTypes.filter((eventType) => calls[eventType] > 0);
  return named.map((eventType) => `${inFull(calls[eventType])} ${eventType}`).join(', ');
}

/**
 * An outage of a zone: five of its sites failed alike at Redox within ten minutes. Their nights wait for 5, 10, 20 and then 40 minutes, and
 * after each pause one site tries first.
 */
import { type EndReason, exitCodes } from '../../fault.ts';
import { engineVerdict, type NightEnd } from './night-end.ts';

export interface Outage {
  /** The pauses in a row before this one. */
  readonly step: number;
  readonly until: Date;
  /** The site that tries first after the pause. */
  readonly probe: string | null;
  readonly probeAt: Date | null;
  /** When a night ended well. */
  readonly overAt: Date | null;
}

/** The last end of a site that Redox stopped. */
export interface Break {
  readonly site: string;
  readonly endedAt: Date;
}

/** The other ends with 69 have other causes: a ledger, an EHR, a disk. */
export const breakReasons: readonly EndReason[] = ['breaker', 'redox_unavailable'];

const alike = 5;
const alikeWithinMs = 600_000;
const firstPauseMs = 300_000;
const longestPauseMs = 2_400_000;
/** A site that tries first and has not failed by then has reached Redox. */
const probeMs = 300_000;
const waitForProbeMs = 60_000;
/** An outage that comes back so soon goes on where it ended. */
const sameOutageMs = 3_600_000;

export const isBreak = ({ exitCode, reason }: NightEnd): boolean =>
  exitCode === exitCodes.unavailable && reason !== null && breakReasons.includes(reason);

/** A night that a repetition would not change: Redox was there. */
export const isWell = (end: NightEnd): boolean =>
  engineVerdict(end) === 'done' &&
  (end.exitCode === exitCodes.done || end.exitCode === exitCodes.needsPerson || end.exitCode === exitCodes.stopped);

export const isLasting = ({ overAt }: Outage): boolean => overAt === null;

/** The next pause after a night of `site` was stopped by Redox; null while the sites fail for themselves. */
export function pauseAfter(
  outage: Outage | null,
  site: string,
  breaks: readonly Break[],
  now: Date,
): { readonly step: number; readonly until: Date } | null {
  const lasts = outage !== null && isLasting(outage);
  // Nights that ran when it began fail during the pause.
  if (lasts && now < outage.until) return null;
  if (!(lasts && outage.probe === site)) {
    const since = Math.max(now.getTime() - alikeWithinMs, (outage?.overAt ?? outage?.until)?.getTime() ?? 0);
    const sites = new Set(breaks.filter(({ endedAt }) => endedAt.getTime() >= since).map((one) => one.site));
    if (sites.size < alike) return null;
  }
  const step = outage !== null && isSame(outage, now) ? outage.step + 1 : 0;
  return { step, until: new Date(now.getTime() + Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(step, 10))) };
}

const isSame = ({ overAt }: Outage, now: Date): boolean =>
  overAt === null || now.getTime() - overAt.getTime() < sameOutageMs;

/** Whether a night may start: freely, as the first one, or not before that time. */
export function startIn(outage: Outage | null, site: string, now: Date): 'freely' | 'first' | Date {
  if (outage === null || !isLasting(outage)) return 'freely';
  if (now < outage.until) return outage.until;
  const { probe, probeAt } = outage;
  if (probe === null || probe === site) return 'first';
  const triedMs = now.getTime() - (probeAt ?? outage.until).getTime();
  return triedMs >= probeMs ? 'freely' : new Date(now.getTime() + waitForProbeMs);
}

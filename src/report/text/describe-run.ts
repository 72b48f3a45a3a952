import { eventTypes } from '../../decide/call.ts';
import { describeFindability } from './findability.ts';
import { counted, inFull, lasting } from '../../plain-text.ts';
import { type CallCount, type CallKind, callKinds, type Summary, totalCalls } from '../summary.ts';

/** Open calls, most important first. */
const openKinds = ['rejected', 'failed', 'unknown', 'blocked', 'not_started'] as const;

/** A run in a few lines, for a terminal. `folder` holds its reports. */
export function describeRun(summary: Summary, folder: string): string[] {
  return [
    howItEnded(summary),
    whatHappened(summary),
    ...eventTypes.flatMap((eventType) => {
      const count = summary.calls[eventType];
      return count.planned === 0 ? [] : [`  ${eventType.padEnd(13)}  ${listed(count, callKinds)}`];
    }),
    ...whatWaits(summary),
    ...missed(summary),
    ...canBeFound(summary),
    `Reports: ${folder}`,
  ];
}

function howItEnded({ run_id, mode, status, started_at, finished_at, exit_code }: Summary): string {
  const took = finished_at === null ? '' : ` after ${lasting(Date.parse(finished_at) - Date.parse(started_at))}`;
  return `Run ${run_id} (${mode}) is ${status}${took}${exit_code === null ? '' : `, exit code ${exit_code}`}.`;
}

function whatHappened(summary: Summary): string {
  const { patients, encounters, merges } = summary;
  const rows = `${counted(patients.read, 'patient')}, ${counted(merges.read, 'merge')} and ${counted(encounters.read, 'encounter')} read`;
  const calls = totalCalls(summary.calls);
  if (calls.planned === 0) return `${rows}; nothing to send.`;
  const left = listed(calls, openKinds);
  return (
    `${rows}; ${counted(calls.planned, 'call')} planned, ${inFull(calls.accepted)} accepted by Redox; ` +
    (left === '' ? 'nothing is left open.' : `left open: ${left}.`)
  );
}

const listed = (count: CallCount, kinds: readonly CallKind[]): string =>
  kinds
    .filter((kind) => count[kind] > 0)
    .map((kind) => `${inFull(count[kind])} ${kind.replace('_', ' ')}`)
    .join(', ');

/** Rows beyond PLAN_AHEAD. A run that plans no others leaves them alone. */
function whatWaits({ mode, waiting }: Summary): string[] {
  const rows = eventTypes.reduce((sum, eventType) => sum + waiting[eventType], 0);
  if (rows === 0) return [];
  const of = eventTypes.filter((eventType) => waiting[eventType] > 0);
  const listed = of.map((eventType) => `${inFull(waiting[eventType])} ${eventType}`).join(', ');
  const verb =
    mode === 'sweep' || mode === 'changes'
      ? 'wait for their turn'
      : 'still wait for their turn; this run left them alone';
  return [`${counted(rows, 'row')} ${verb} (${listed}): later nights plan them.`];
}

/** Warns that `updated_at` missed changes: only a sweep finds them all. */
const missed = ({ watermark }: Summary): string[] =>
  watermark.missed === 0
    ? []
    : [
        `${counted(watermark.missed, 'row')} changed without a newer updated_at, so --mode changes would have missed them.`,
      ];

/** Other organizations match exactly; data-quality.csv lists the unusable keys. */
function canBeFound({ findability }: Summary): string[] {
  const found = describeFindability(findability);
  return found === null ? [] : [`Others can find ${found}.`];
}

/**
 * The text of an alert: what happened, and what to do. It contains counts and our own names, but no patient or visit
 * ids.
 */
import type { Reason, LastAlert, Health } from '../decide/health.ts';

interface AlertWords {
  readonly host: string;
  readonly job: string;
  readonly runId: string | null;
  readonly exitCode: number;
  readonly now: Health;
  readonly before: LastAlert;
  /** Lines of open-actions.csv that need a person; null where they were not counted. */
  readonly personLines: number | null;
  /** Folder of the run's reports; null if there are none. */
  readonly reports: string | null;
}

export function alertText(words: AlertWords): string {
  const { host, job, runId, exitCode, now, before, personLines, reports } = words;
  const ended = `${runId ?? job} ended with exit code ${exitCode}.`;
  const remedies = now.reasons.map((reason) => `• ${reason}: ${remedyOf[reason]}`);
  return [
    `redox-reconcile on ${host}: ${headline(now, before)} ${ended}`,
    ...remedies,
    ...(personLines === null || personLines === 0
      ? []
      : [`Lines in open-actions.csv that need a person: ${personLines}.`]),
    ...(reports === null ? [] : [`Reports: ${reports}`]),
  ].join('\n');
}

function headline(now: Health, before: LastAlert): string {
  const since = before.at === null ? '' : ` since ${minuteOf(before.at)}`;
  if (now.state === before.state) return `still ${inWords[now.state]}, for a new reason.`;
  if (now.state === 'ok') return `ok again; it was ${inWords[before.state]}${since}.`;
  if (before.state === 'failing') return `working again, but ${inWords[now.state]}; it was failing${since}.`;
  return `${inWords[now.state]}.`;
}

const minuteOf = (time: Date): string => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const inWords: Readonly<Record<Health['state'], string>> = {
  ok: 'ok',
  needs_person: 'needs a person',
  failing: 'failing',
};

/** The problem and the remedy, one entry per reason. */
export const remedyOf: Readonly<Record<Reason, string>> = {
  run_failed:
    'a job failed. Its log names the cause (the EHR, the ledger, Redox or the settings) and the remedy; `redox-reconcile status` shows the present state.',
  run_refused:
    'a run was refused before it sent anything, because its input is implausible or does not fit the ledger. Its log explains why, and names the flag that overrides it.',
  ledger_held:
    'a run has held the ledger for most of a day, or a process other than a run holds it, so no other job can start. `redox-reconcile doctor` names it; check whether it still works, and end it with SIGTERM if it hangs.',
  breaker:
    'a series of calls to Redox failed in the same way, so delivery was stopped. Check REDOX_DESTINATION_ID, the API key and whether Redox is up; the next run continues.',
  night_overdue:
    'there was no clean night for longer than the watchdog allows. Check that cron or `schedule` still starts nightly, and look at `redox-reconcile status`.',
  needs_person: 'rows need a person. open-actions.csv lists them, each with what to do.',
  lines_rising:
    'many more lines need a person than in the last seven days. Check open-actions.csv for what they have in common.',
  findability_fell:
    'other participants can find fewer patients than in the last seven days. data-quality.csv lists the missing and malformed match keys.',
  watermark_missed:
    'rows changed without a newer updated_at, so --mode changes misses them. discrepancies.csv lists them as silent_change; correct updated_at in the contract.',
  undelivered:
    'messages that Redox accepted wait or fail inside it, or its logs cannot be read. open-actions.csv has one line a queue: look at that queue in the Redox dashboard.',
};

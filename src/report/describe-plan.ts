import { eventTypes, type EventType } from '../core/call.ts';
import type { Session } from '../postgres/session.ts';
import { statement } from '../postgres/sql-file.ts';
import { inFull } from './plain-text.ts';
import { type Summary, summarise } from './summary.ts';

/** What a `--plan-only` run has found, for a person who decides whether it is to be sent. */
interface PlanFacts {
  readonly summary: Summary;
  /** What the guard says against it; null where it would let it pass. */
  readonly refusal: string | null;
  readonly calls: readonly PlannedCalls[];
}

interface PlannedCalls {
  readonly event_type: EventType;
  readonly calls: number;
  readonly new: number;
  readonly changed: number;
}

export async function readPlan(session: Session, runNumber: number): Promise<PlanFacts> {
  const { refusal } = await session.one<{ refusal: string | null }>(statement('ledger/report/page/run'), [runNumber]);
  return {
    summary: await summarise(session, runNumber),
    refusal,
    calls: await session.run<PlannedCalls>(statement('ledger/report/plan'), [runNumber]),
  };
}

/** Two small tables, 40 columns wide where the counts are usual. */
export function describePlan({ summary, refusal, calls }: PlanFacts): string[] {
  const planned = eventTypes.flatMap((eventType) => calls.filter(({ event_type }) => event_type === eventType));
  return [
    '',
    ...(planned.length === 0
      ? ['Nothing would be sent.']
      : numbers(
          ['Would be sent', 'new', 'changed', 'other', 'all'],
          planned.map((one) => [one.event_type, one.new, one.changed, one.calls - one.new - one.changed, one.calls]),
        )),
    '',
    ...numbers(
      ['Rows', 'patients', 'merges', 'visits'],
      rowWords.map(([word, name]) => [word, summary.patients[name], summary.merges[name], summary.encounters[name]]),
    ),
    '',
    ...(refusal === null
      ? ['The guard would let it pass. To send it:', `  redox-reconcile apply ${summary.run_id}`]
      : [`The guard would refuse it: ${refusal}.`]),
  ];
}

const rowWords = [
  ['read', 'read'],
  ['unchanged', 'unchanged'],
  ['due', 'due'],
  ['  new', 'new'],
  ['  changed', 'changed'],
  ['not due', 'not_due'],
  ['invalid', 'invalid'],
  ['orphan', 'orphan'],
  ['held', 'held'],
  ['gone', 'gone'],
] as const;

/** A word and numbers, which stand below each other by their ones. */
function numbers(header: readonly string[], rows: readonly (readonly [string, ...number[]])[]): string[] {
  const lines = [header, ...rows.map(([word, ...counts]) => [word, ...counts.map(inFull)])];
  const widthOf = (column: number): number => Math.max(...lines.map((line) => line[column]?.length ?? 0));
  return lines.map((line) =>
    line.map((text, column) => (column === 0 ? text.padEnd(widthOf(0)) : text.padStart(widthOf(column)))).join('  '),
  );
}

/**
 * The life of a call, as ARCHITECTURE.md draws it, against the statements that write it: whatever order of events, a call goes from
 * state to state only as drawn, and each state is reached. CALL_LIFE_CASES looks at more.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { statement } from '../../src/postgres/sql-file.ts';
import { callRow, craftLedger, runRow, type CraftedLedger } from './report-ledger.ts';

const allowed: Readonly<Record<string, readonly string[]>> = {
  none: ['planned'],
  planned: ['sending', 'unneeded', 'superseded', 'blocked'],
  sending: ['planned', 'accepted', 'rejected', 'failed', 'unknown'],
};

type Event = 'send' | 'crash' | 'take over' | 'accepted' | 'rejected' | 'failed' | 'unknown' | 'planned' | Skip;
type Skip = 'unneeded' | 'superseded' | 'blocked';
const events: readonly Event[] = [
  ...(['send', 'send', 'crash', 'take over', 'accepted', 'rejected', 'failed', 'unknown', 'planned'] as const),
  ...(['unneeded', 'superseded', 'blocked'] as const),
];

let ledger: CraftedLedger;
beforeAll(async () => {
  ledger = await craftLedger();
});
afterAll(() => ledger.close());

interface Found {
  readonly call_id: number;
  readonly state: string;
  readonly is_open: boolean;
}

const found = (): Promise<Found> =>
  ledger.session.one<Found>({
    name: 'the call',
    text: 'SELECT call_id, state, is_open FROM call ORDER BY call_id LIMIT 1',
  });

async function happen(event: Event, callId: number): Promise<void> {
  const { session } = ledger;
  if (event === 'send') {
    await session.run(statement('ledger/record/mark-sending'), [[String(callId)], ['M'], [null]]);
  } else if (event === 'crash') {
    await session.run(statement('ledger/run/settle-sending'));
  } else if (event === 'take over') {
    await session.run(statement('ledger/plan/take-over-open-calls'), [2, true, true]);
  } else {
    await session.run(statement('ledger/record/outcomes'), [JSON.stringify([outcome(event, callId)])]);
  }
}

const outcome = (state: string, callId: number): object => ({
  call_id: callId,
  state,
  reason: ['accepted', 'planned', 'unneeded'].includes(state) ? null : 'http_400',
  still_open: !['accepted', 'unneeded'].includes(state),
  attempts: 0,
  mrn: 'M',
  former_mrns: [],
  builder_version: 1,
  finished_at: '2026-03-01T18:00:00Z',
});

/** What the callers of the statements see to: only what was sent has an answer, and only what was not is skipped. */
const fits = (event: Event, state: string): boolean => {
  if (['accepted', 'rejected', 'failed', 'unknown', 'planned'].includes(event)) return state === 'sending';
  return ['unneeded', 'superseded', 'blocked'].includes(event) ? state === 'planned' : true;
};

test('a call goes from state to state only as drawn, and each state is reached', async () => {
  const reached = new Set<string>();
  const play = async (story: readonly Event[]): Promise<void> => {
    await ledger.session.query('an empty ledger', 'TRUNCATE run, patient, encounter RESTART IDENTITY CASCADE');
    await ledger.insert('run', runRow('one', '2026-03-01T08:00:00Z'), runRow('two', '2026-03-02T08:00:00Z'));
    await ledger.insert('call', callRow(1, 'planned', { event_type: 'NewPatient', entity_id: 'P' }));
    for (const event of story) {
      const before = await found();
      if (!fits(event, before.state)) continue;
      await happen(event, before.call_id);
      const after = await found();
      reached.add(after.state);
      if (after.state !== before.state) expect(allowed[before.state] ?? [], event).toContain(after.state);
      // What is closed stays closed, and what is being sent is never taken over.
      if (!before.is_open) expect(after.is_open, event).toBe(false);
      if (after.state === 'sending') expect(after.is_open).toBe(true);
    }
  };
  const stories = fc.array(fc.constantFrom(...events), { minLength: 2, maxLength: 8 });
  const numRuns = Number(process.env['CALL_LIFE_CASES'] ?? 60);
  await fc.assert(fc.asyncProperty(stories, play), { numRuns, seed: 1 });
  const states = [
    'planned',
    'sending',
    'accepted',
    'rejected',
    'failed',
    'unknown',
    'unneeded',
    'superseded',
    'blocked',
  ];
  expect([...reached].sort()).toEqual(states.sort());
});

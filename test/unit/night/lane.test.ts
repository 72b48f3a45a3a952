import { expect, test } from 'vitest';
import { NeighbourFault } from '../../../src/fault.ts';
import type { Call } from '../../../src/ledger/record/calls.ts';
import type { CallResult } from '../../../src/ledger/record/call-result.ts';
import { Lane, type LaneTools } from '../../../src/deliver/lane.ts';
import { LaneFacts } from '../../../src/deliver/lane-facts.ts';

const call: Call = {
  call_id: 1,
  rank: 0,
  lane: 'p',
  position: 0,
  event_type: 'NewPatient',
  entity: 'patient',
  entity_id: 'p',
  patient_id: 'p',
  row_patient_id: null,
  mrn: null,
  planned_mrn: null,
  forced: false,
  reason: null,
  scanned_fingerprint: null,
};

const message = {
  kind: 'send',
  message: { Meta: {} },
  mrn: 'm',
  documentVersion: null,
  formerMrns: [],
  rowPatientId: null,
  synced: null,
  changedGroups: null,
  findings: [],
  objection: null,
};

/** Works on one call whose POST throws this, before or after it has begun; gives what was recorded of the call, and what the lane threw. */
async function thrown(error: Error, hasBegun = true): Promise<{ recorded: CallResult[]; threw: unknown }> {
  const recorded: CallResult[] = [];
  const journal = {
    proofFor: () => ({ hasBegun }),
    record: (result: CallResult) => {
      recorded.push(result);
      return Promise.resolve();
    },
  };
  const tools = {
    journal,
    redox: { send: () => Promise.reject(error) },
    preparer: { prepare: () => message },
    preflight: () => null,
    isAsPlanned: () => true,
    signal: AbortSignal.any([]),
    turn: () => Promise.resolve(),
    mayStart: () => true,
    now: () => new Date(),
    onResult: () => undefined,
  } as unknown as LaneTools;
  const none = { patients: new Map(), encounters: new Map() };
  const known = new LaneFacts({ rows: none, ...none, objection: null } as unknown as ConstructorParameters<
    typeof LaneFacts
  >[0]);
  const threw = await new Lane().work([call], known, tools).then(
    () => null,
    (reason: unknown) => reason,
  );
  return { recorded, threw };
}

test('a call without a token is put back unsent', async () => {
  const error = new NeighbourFault('Redox gave no token.');
  expect(await thrown(error)).toMatchObject({ recorded: [{ state: 'planned' }], threw: error });
});

test.each([new NeighbourFault('Redox gave no token.'), new Error('the ledger is lost')])(
  'a call that was not begun stays as it is planned (%s)',
  async (error) => {
    expect(await thrown(error, false)).toEqual({ recorded: [], threw: error });
  },
);

test.each([new TypeError('a bug'), new Error('the ledger refused it')])(
  'a call with an internal fault is unknown, perhaps sent (%s)',
  async (error) => {
    const { recorded, threw } = await thrown(error);
    expect(recorded).toMatchObject([{ state: 'unknown', reason: 'interrupted', stillOpen: true }]);
    expect(threw).toBe(error);
  },
);

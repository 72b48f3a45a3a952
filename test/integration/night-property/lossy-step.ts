/** Histories in which Redox fails, filters, loses, delays or reorders messages after their 200. */
import fc from 'fast-check';
import type { Effect } from '../../../src/sandbox/redox/fault/fault.ts';
import type { Travel } from '../../../src/sandbox/redox/platform/queues.ts';
import {
  type EhrStep,
  eventType,
  opening,
  record,
  type RunStep,
  step,
  type Step,
  touch,
  type Trouble,
  upwards,
} from './step.ts';

/** Whether Redox does this to a message in the history. */
export const hasFate = (steps: readonly Step[], fate: 'filtered' | 'lost'): boolean =>
  steps.some(
    (step) =>
      step.do === 'run' &&
      step.trouble?.kind === 'fault' &&
      step.trouble.effect.kind === 'inside' &&
      step.trouble.effect.fate === fate,
  );

/** The last patient and the last visit are left for the end, where their messages show that logs can be read. */
const few = fc.constantFrom(0, 0, 1, 1, 2, 3);
const lossyEhrStep: fc.Arbitrary<EhrStep> = fc.oneof(
  { weight: 6, arbitrary: record({ do: step('patient'), patient: few, name: fc.nat(1), touch }) },
  {
    weight: 6,
    arbitrary: record({
      do: step('visit'),
      visit: few,
      patient: few,
      status: fc.constant('finished' as const),
      reason: fc.nat(1),
      touch,
    }),
  },
  { weight: 2, arbitrary: record({ do: step('move visit'), visit: few, patient: few, touch }) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(...upwards.filter(([, survivor]) => survivor < 4))
      .map(([retired, survivor]) => ({ do: 'merge' as const, retired, survivor })),
  },
  { weight: 1, arbitrary: record({ do: step('undo merge'), retired: few }) },
);

/** What becomes of messages that Redox accepted; `unseen` happens once, because a second time is for a person. */
const inside: fc.Arbitrary<Trouble> = fc.oneof(
  {
    weight: 5,
    arbitrary: record({
      kind: fc.constant('fault' as const),
      effect: fc.constantFrom<Effect>(
        { kind: 'inside', fate: 'failed' },
        { kind: 'inside', fate: 'failed' },
        { kind: 'inside', fate: 'stuck' },
        { kind: 'inside', fate: 'backfill' },
      ),
      eventType,
      nth: fc.constantFrom(1, 1, 2),
      times: fc.constantFrom(1, 2, 100),
    }),
  },
  // What a filter in the dashboard drops: a person has to see it.
  {
    weight: 1,
    arbitrary: record({
      kind: fc.constant('fault' as const),
      effect: fc.constant<Effect>({ kind: 'inside', fate: 'filtered' }),
      eventType: fc.constant('VisitPush'),
      nth: fc.constantFrom(1, 2),
      times: fc.constantFrom(1, 2),
    }),
  },
  // What only an audit finds.
  {
    weight: 1,
    arbitrary: record({
      kind: fc.constant('fault' as const),
      effect: fc.constant<Effect>({ kind: 'inside', fate: 'lost' }),
      eventType: fc.constantFrom('NewPatient', 'PatientUpdate', 'PatientMerge', 'PatientMerge', 'VisitPush'),
      nth: fc.constantFrom(1, 1, 2),
      times: fc.constantFrom(1, 2),
    }),
  },
  {
    weight: 1,
    arbitrary: record({
      kind: fc.constant('fault' as const),
      effect: fc.constantFrom<Effect>({ kind: 'inside', fate: 'unseen' }, { kind: 'inside', fate: 'hidden' }),
      nth: fc.constantFrom(1, 2, 3),
      times: fc.constant(1),
    }),
  },
);

const travels = fc.constantFrom<Travel>(
  {},
  { isQueued: true },
  { isQueued: true, paused: ['Clinical Summary'], storesLate: true },
  { isQueued: true, paused: ['PatientAdmin'] },
  { isQueued: true, paused: ['PatientAdmin', 'Clinical Summary'], storesLate: true },
);

const lossyRun: fc.Arbitrary<RunStep> = fc
  .tuple(
    fc.constantFrom('nightly' as const, 'intraday' as const, 'resend' as const),
    fc.option(inside, { freq: 2, nil: undefined }),
    fc.option(travels, { freq: 2, nil: undefined }),
  )
  .map(([job, met, by]) => ({
    do: 'run',
    job,
    ...(met === undefined ? {} : { trouble: met }),
    ...(by === undefined ? {} : { travel: by }),
  }));

/** Histories in which Redox loses, delays and reorders messages after their 200. */
export const lossyHistory: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    lossyRun,
    fc.array(fc.tuple(fc.array(lossyEhrStep, { minLength: 1, maxLength: 4 }), lossyRun), {
      minLength: 1,
      maxLength: 6,
    }),
  )
  .map(([run, days]) => [...opening, run, ...days.flatMap(([steps, job]) => [...steps, job])]);

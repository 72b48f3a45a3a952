/**
 * What may happen at the model's site, one step at a time: somebody works in the EHR, or a job runs, well or in trouble. A
 * step is plain data, so that a history that fails is printed as it can be pasted back as a case of its own.
 */
import fc from 'fast-check';
import type { Effect } from '../../../src/sandbox/redox/fault/fault.ts';
import type { Travel } from '../../../src/sandbox/redox/platform/queues.ts';

/** Patients and visits are numbered; these are their ids. Some differ only in what careless programs do not see. */
const historyIds: readonly string[] = ['A', 'a', `O'Hara "x", y`, 'Zo\u00EB', 'Zoe\u0308'];
export const patientIds: readonly string[] = [...historyIds, 'own 5', 'own 6', 'own 7', 'own 8', 'own 9'];
/** Patients whom no history touches: their merges show at the end how Redox answers for retired patients. */
export const ownPatients = [5, 6, 7, 8, 9] as const;
export const visitIds: readonly string[] = ['1', '1 ', 'v/2', 'V/2', '=1+1', `'%_\\`];
/** No MRN of its own, MRNs that may wander from patient to patient, and one that is another patient's id. */
export const mrns: readonly (string | null)[] = [null, 'M-1', 'm-1', 'A'];
const statuses = ['finished', 'open', 'planned', 'cancelled', 'odd'] as const;

/** `silent`: the row does not say that it changed; a new one says that it is old. */
export type Touch = 'stamped' | 'silent';

export type EhrStep =
  | { readonly do: 'patient'; readonly patient: number; readonly name: number; readonly touch: Touch }
  | { readonly do: 'change mrn'; readonly patient: number; readonly mrn: number; readonly touch: Touch }
  | { readonly do: 'double patient'; readonly patient: number }
  | { readonly do: 'delete patient'; readonly patient: number }
  | {
      readonly do: 'visit';
      readonly visit: number;
      readonly patient: number;
      readonly status: (typeof statuses)[number];
      readonly reason: number;
      readonly touch: Touch;
    }
  | {
      readonly do: 'change status';
      readonly visit: number;
      readonly status: (typeof statuses)[number];
      readonly touch: Touch;
    }
  | { readonly do: 'move visit'; readonly visit: number; readonly patient: number; readonly touch: Touch }
  | { readonly do: 'double visit'; readonly visit: number }
  | { readonly do: 'delete visit'; readonly visit: number }
  | { readonly do: 'merge'; readonly retired: number; readonly survivor: number }
  | { readonly do: 'double merge'; readonly retired: number; readonly survivor: number }
  | { readonly do: 'undo merge'; readonly retired: number };

export type Job =
  | { readonly job: 'nightly' | 'intraday' | 'resend' | 'resend held' }
  /** A plan, which a person reads while others work in the EHR; and the last such plan, delivered. */
  | { readonly job: 'plan' | 'apply' }
  /** Of what was updated since `back` steps ago, or was active in these days of the month. */
  | { readonly job: 'rerun'; readonly updatedSince: number; readonly forced: boolean }
  | { readonly job: 'rerun'; readonly activeFrom: number; readonly days: number; readonly forced: boolean }
  | {
      readonly job: 'rerun';
      readonly only: readonly { readonly entity: 'patient' | 'merge' | 'encounter'; readonly number: number }[];
      readonly forced: boolean;
    };

export type Trouble =
  | {
      readonly kind: 'fault';
      readonly effect: Effect;
      readonly eventType?: string;
      /** Of this patient alone. */
      readonly patient?: number;
      readonly nth: number;
      readonly times: number;
    }
  | { readonly kind: 'signal'; readonly afterPosts: number }
  | { readonly kind: 'max calls'; readonly calls: number }
  /** The session that holds the lock dies while Redox thinks about a call. */
  | { readonly kind: 'crash'; readonly duringPost: number };

export type RunStep = {
  readonly do: 'run';
  readonly trouble?: Trouble;
  /** `UNKNOWN_OUTCOME=hold`: what is unknown waits for a person. */
  readonly holds?: boolean;
  /** How messages travel inside Redox from then on. */
  readonly travel?: Travel;
} & Job;
export type Step = EhrStep | RunStep;

/** Few of them often, so that steps meet. */
const patient = fc.constantFrom(0, 0, 1, 1, 2, 2, 3, 4);
const visit = fc.constantFrom(0, 0, 1, 1, 2, 3, 4, 5);
export const touch = fc.constantFrom<Touch>('stamped', 'silent');
const status = fc.constantFrom(...(['finished', 'finished', 'finished', 'finished', ...statuses] as const));
export const step = <S extends EhrStep['do']>(name: S): fc.Arbitrary<S> => fc.constant(name);
export const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(model, { noNullPrototype: true });

export const upwards = historyIds.flatMap((_, retired) =>
  historyIds.flatMap((_, survivor) => (retired < survivor ? [[retired, survivor] as const] : [])),
);

const ehrStep: fc.Arbitrary<EhrStep> = fc.oneof(
  { weight: 12, arbitrary: record({ do: step('patient'), patient, name: fc.nat(1), touch }) },
  { weight: 8, arbitrary: record({ do: step('change mrn'), patient, mrn: fc.nat(mrns.length - 1), touch }) },
  { weight: 1, arbitrary: record({ do: step('double patient'), patient }) },
  { weight: 3, arbitrary: record({ do: step('delete patient'), patient }) },
  { weight: 12, arbitrary: record({ do: step('visit'), visit, patient, status, reason: fc.nat(1), touch }) },
  { weight: 4, arbitrary: record({ do: step('change status'), visit, status, touch }) },
  { weight: 8, arbitrary: record({ do: step('move visit'), visit, patient, touch }) },
  { weight: 1, arbitrary: record({ do: step('double visit'), visit }) },
  { weight: 2, arbitrary: record({ do: step('delete visit'), visit }) },
  { weight: 6, arbitrary: record({ do: step('merge'), retired: patient, survivor: patient }) },
  // Towards the higher number, so that most merges lead somewhere.
  {
    weight: 14,
    arbitrary: fc.constantFrom(...upwards).map(([retired, survivor]) => ({ do: 'merge' as const, retired, survivor })),
  },
  { weight: 1, arbitrary: record({ do: step('double merge'), retired: patient, survivor: patient }) },
  { weight: 12, arbitrary: record({ do: step('undo merge'), retired: patient }) },
);

const effect = fc.constantFrom<Effect>(
  { kind: 'status', status: 504 },
  { kind: 'status', status: 429 },
  { kind: 'status', status: 400 },
  { kind: 'status_after', status: 504 },
  { kind: 'reset_before' },
  { kind: 'reset_after' },
  { kind: 'meta_errors' },
  { kind: 'unreadable_200' },
  { kind: 'empty_200' },
  { kind: 'hang' },
  { kind: 'hang', taken: true },
  { kind: 'expire_tokens' },
);
export const eventType = fc.constantFrom('NewPatient', 'PatientUpdate', 'PatientMerge', 'VisitPush');

const fault: fc.Arbitrary<Trouble> = record({
  kind: fc.constant('fault' as const),
  effect,
  nth: fc.constantFrom(1, 1, 1, 2, 3, 4),
  // Three are all the tries that a call gets here.
  times: fc.constantFrom(1, 3, 3, 3, 6, 100),
});
const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  { weight: 6, arbitrary: fault },
  { weight: 3, arbitrary: fc.tuple(fault, eventType).map(([rule, only]) => ({ ...rule, eventType: only })) },
  { weight: 1, arbitrary: fc.tuple(fault, patient).map(([rule, only]) => ({ ...rule, patient: only })) },
  { weight: 1, arbitrary: record({ kind: fc.constant('signal' as const), afterPosts: fc.nat(4) }) },
  { weight: 1, arbitrary: record({ kind: fc.constant('max calls' as const), calls: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: record({ kind: fc.constant('crash' as const), duringPost: fc.integer({ min: 1, max: 5 }) }) },
);

const listedRow = record({
  entity: fc.constantFrom('patient' as const, 'merge' as const, 'encounter' as const),
  number: patient,
});
const rerun = fc.constant('rerun' as const);
const forced = fc.constantFrom(false, false, true);

const job: fc.Arbitrary<Job> = fc.oneof(
  { weight: 4, arbitrary: record({ job: fc.constant('nightly' as const) }) },
  { weight: 4, arbitrary: record({ job: fc.constantFrom('intraday' as const, 'resend' as const) }) },
  { weight: 1, arbitrary: record({ job: fc.constant('resend held' as const) }) },
  { weight: 4, arbitrary: record({ job: fc.constantFrom('plan' as const, 'apply' as const) }) },
  { weight: 1, arbitrary: record({ job: rerun, updatedSince: fc.integer({ min: 1, max: 6 }), forced }) },
  {
    weight: 1,
    arbitrary: record({ job: rerun, activeFrom: visit, days: fc.integer({ min: 1, max: 4 }), forced }),
  },
  {
    weight: 2,
    arbitrary: record({ job: rerun, only: fc.array(listedRow, { minLength: 1, maxLength: 3 }), forced }),
  },
);

const runStep: fc.Arbitrary<RunStep> = fc
  .tuple(job, fc.option(trouble, { freq: 3, nil: undefined }), fc.constantFrom(false, false, false, true))
  .map(([asked, met, holds]) => ({
    do: 'run',
    ...asked,
    ...(met === undefined ? {} : { trouble: met }),
    ...(holds ? { holds } : {}),
  }));

/** A site that has been there for a while. */
export const opening: readonly EhrStep[] = [
  ...historyIds.map((_, number) => ({ do: 'patient', patient: number, name: 0, touch: 'stamped' }) as const),
  ...[0, 1, 2, 3].map(
    (number) =>
      ({ do: 'visit', visit: number, patient: number, status: 'finished', reason: 0, touch: 'stamped' }) as const,
  ),
];

/** Some work, and a job. */
const day: fc.Arbitrary<readonly Step[]> = fc
  .tuple(fc.array(ehrStep, { minLength: 1, maxLength: 4, size: 'max' }), runStep)
  .map(([steps, run]) => [...steps, run]);

/** Many steps in few rows, so that they meet. */
export const history: fc.Arbitrary<readonly Step[]> = fc
  .tuple(fc.subarray([...opening]), runStep, fc.array(day, { minLength: 1, maxLength: 8, size: 'max' }))
  .map(([steps, run, days]) => [...steps, run, ...days.flat()]);

/** The history as it can be pasted into a test. */
export const printed = (steps: readonly Step[]): string => steps.map((one) => `  ${fc.stringify(one)},`).join('\n');

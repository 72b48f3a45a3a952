import * as z from 'zod';
import { fates } from '../platform/queues.ts';

export type Spell = (text: string) => string;

/**
 * A rule for misbehaving: what happens (`kind`), and when. It counts the requests that it matches, from its creation, and applies to
 * the `nth` (default 1), then to every `every`-th (default 1), at most `times` times (default: always; `expire_tokens`: once).
 */
const when = z.strictObject({
  /** Default: messages; for `refuse_token` always tokens. */
  endpoint: z.enum(['message', 'token', 'platform']).optional(),
  eventType: z.string().optional(),
  /** Any patient of the message under the patient OID, including a PatientMerge's retired one. */
  patientId: z.string().optional(),
  documentId: z.string().optional(),
  nth: z.int().positive().optional(),
  every: z.int().positive().optional(),
  times: z.int().positive().optional(),
});

const status = z.int().min(200).max(599);
const headers = z.record(z.string(), z.string());

const effect = z.discriminatedUnion('kind', [
  /** Another status; the message is dropped, or was accepted before (`status_after`). */
  z.strictObject({
    kind: z.enum(['status', 'status_after']),
    status,
    body: z.string().optional(),
    headers: headers.optional(),
  }),
  /** 200 with `Meta.Errors`; the message is dropped. */
  z.strictObject({ kind: z.literal('meta_errors'), text: z.string().optional() }),
  /** The message is accepted, the answer has no body. */
  z.strictObject({ kind: z.literal('empty_200') }),
  /** The message is accepted, the answer is cut off in its JSON. */
  z.strictObject({ kind: z.literal('unreadable_200') }),
  /** The normal answer, late. */
  z.strictObject({ kind: z.literal('delay'), ms: z.int().nonnegative() }),
  /** No answer; with `taken` the message is accepted. */
  z.strictObject({ kind: z.literal('hang'), taken: z.boolean().optional() }),
  /** The connection breaks before the message is read. */
  z.strictObject({ kind: z.literal('reset_before') }),
  /** The message is accepted, then the connection breaks. */
  z.strictObject({ kind: z.literal('reset_after') }),
  /** 400 with a text that repeats the patient's values, or the whole message's; the message is dropped. */
  z.strictObject({
    kind: z.literal('echo_400'),
    of: z.enum(['patient', 'message']).optional(),
    /** Rewrites each value; for tests in the same process. */
    spell: z.custom<Spell>((given) => typeof given === 'function').optional(),
  }),
  /** The message is accepted, and what becomes of it inside Redox differs: see `queues.ts`. */
  z.strictObject({
    kind: z.literal('inside'),
    fate: z.enum(fates),
    stage: z.string().optional(),
    code: z.string().optional(),
    text: z.string().optional(),
  }),
  /** All issued tokens expire, including this request's. */
  z.strictObject({ kind: z.literal('expire_tokens') }),
  /** The token endpoint refuses every assertion. */
  z.strictObject({
    kind: z.literal('refuse_token'),
    status: status.optional(),
    description: z.string().optional(),
  }),
]);

const conditional = z.strictObject({ when: when.optional() });

/** Each time it applies, at most one of the mix happens; the seed fixes the sequence. */
const random = z.strictObject({
  kind: z.literal('random'),
  seed: z.int(),
  mix: z.array(z.strictObject({ probability: z.number().min(0).max(1), fault: effect })),
  ...conditional.shape,
});

export type When = z.infer<typeof when>;
export type Effect = z.infer<typeof effect>;
export type Fault = (Effect & z.infer<typeof conditional>) | z.infer<typeof random>;

const fault = z.discriminatedUnion('kind', [
  random,
  ...effect.options.map((one: z.ZodObject) => one.extend(conditional.shape)),
]) as unknown as z.ZodType<Fault>;

/** The body of `POST /misbehave`. */
export const faultList = z.array(fault);

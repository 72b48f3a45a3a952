import * as z from 'zod';
import { fates } from '../platform/queues.ts';
import { echoSpellings } from './echo-spelling.ts';

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

const effects = {
  /** Another status; the message is dropped. */
  status: z.strictObject({
    kind: z.literal('status'),
    status,
    body: z.string().optional(),
    headers: headers.optional(),
  }),
  /** 200 with `Meta.Errors`; the message is dropped. */
  metaErrors: z.strictObject({ kind: z.literal('meta_errors'), text: z.string().optional() }),
  /** The message is accepted, the answer has no body. */
  empty200: z.strictObject({ kind: z.literal('empty_200') }),
  /** The message is accepted, the answer is cut off in its JSON. */
  unreadable200: z.strictObject({ kind: z.literal('unreadable_200') }),
  /** The normal answer, late. */
  delay: z.strictObject({ kind: z.literal('delay'), ms: z.int().nonnegative() }),
  /** No answer; with `taken` the message is accepted. */
  hang: z.strictObject({ kind: z.literal('hang'), taken: z.boolean().optional() }),
  /** The connection breaks before the message is read. */
  resetBefore: z.strictObject({ kind: z.literal('reset_before') }),
  /** The message is accepted, then the connection breaks. */
  resetAfter: z.strictObject({ kind: z.literal('reset_after') }),
  /** The message is accepted, then another status is sent. */
  statusAfter: z.strictObject({
    kind: z.literal('status_after'),
    status,
    body: z.string().optional(),
    headers: headers.optional(),
  }),
  /** 400 with a text that repeats the patient's values, or the whole message's; the message is dropped. */
  echo400: z.strictObject({
    kind: z.literal('echo_400'),
    of: z.enum(['patient', 'message']).optional(),
    spelling: z.enum(echoSpellings).optional(),
  }),
  /** The message is accepted, and what becomes of it inside Redox differs: see `queues.ts`. */
  inside: z.strictObject({
    kind: z.literal('inside'),
    fate: z.enum(fates),
    stage: z.string().optional(),
    code: z.string().optional(),
    text: z.string().optional(),
  }),
  /** All issued tokens expire, including this request's. */
  expireTokens: z.strictObject({ kind: z.literal('expire_tokens') }),
  /** The token endpoint refuses every assertion. */
  refuseToken: z.strictObject({
    kind: z.literal('refuse_token'),
    status: status.optional(),
    description: z.string().optional(),
  }),
} as const;

const effect = z.discriminatedUnion('kind', [
  effects.status,
  effects.metaErrors,
  effects.empty200,
  effects.unreadable200,
  effects.delay,
  effects.hang,
  effects.resetBefore,
  effects.resetAfter,
  effects.statusAfter,
  effects.echo400,
  effects.inside,
  effects.expireTokens,
  effects.refuseToken,
]);

const conditions = { when: when.optional() };

/** Each time it applies, at most one of the mix happens; the seed fixes the sequence. */
const random = z.strictObject({
  kind: z.literal('random'),
  seed: z.int(),
  mix: z.array(z.strictObject({ probability: z.number().min(0).max(1), fault: effect })),
  ...conditions,
});

const fault = z.discriminatedUnion('kind', [
  effects.status.extend(conditions),
  effects.metaErrors.extend(conditions),
  effects.empty200.extend(conditions),
  effects.unreadable200.extend(conditions),
  effects.delay.extend(conditions),
  effects.hang.extend(conditions),
  effects.resetBefore.extend(conditions),
  effects.resetAfter.extend(conditions),
  effects.statusAfter.extend(conditions),
  effects.echo400.extend(conditions),
  effects.inside.extend(conditions),
  effects.expireTokens.extend(conditions),
  effects.refuseToken.extend(conditions),
  random,
]);

export type When = z.infer<typeof when>;
export type Effect = z.infer<typeof effect>;
export type Fault = z.infer<typeof fault>;

/** The body of `POST /misbehave`. */
export const faultList = z.array(fault);

/**
 * Explains the Carequality directory's answers. Redox lists the texts of its refusals with status codes ("Troubleshoot
 * Carequality Interoperability Framework errors"), but leaves open whether a code is the status of its own answer or
 * part of the text of `Meta.Errors`. Refusals are therefore recognised by their text, under any status.
 */
import type { Attempt, Delivery, Outcome } from '../decide/call.ts';
import type { OrganizationAction } from './organization.ts';

const unknownOid = /id:.* is not valid/i;

interface KnownRefusal {
  readonly text: RegExp;
  /** The meaning and the remedy. Follows a sentence with the answer. */
  readonly advice: string;
}

const refusals: readonly KnownRefusal[] = [
  {
    text: /already exists/i,
    advice:
      'The directory already has an organisation with this OID: run `organization update`, which sends the whole record and ' +
      'adds it to the ledger.',
  },
  {
    text: unknownOid,
    advice:
      'The directory of this environment has no organisation with this OID: correct oid in the file, or register it with ' +
      '`organization create`. Production has a separate directory.',
  },
  {
    text: /failed to parse request body as xml/i,
    advice:
      'The directory requires an OID, a known type and, for an implementer, a contact: check oid, type and contacts in the file.',
  },
  {
    text: /parsing xml request error/i,
    advice:
      'The directory could not parse the XML that Redox built from the record: look for unusual characters in the file, and start again; ' +
      'if the error persists, ask Redox with the log id.',
  },
  {
    text: /duplicate business/i,
    advice:
      'The directory has this organisation twice below your parent OID: ask Redox which OID is right, and deactivate the other.',
  },
  {
    text: /no subscriptions/i,
    advice:
      'The key may not send to the directory of this environment: check that it belongs to REDOX_ENVIRONMENT, and ask Redox to ' +
      'subscribe it to the directory.',
  },
  {
    text: /required field missing/i,
    advice: 'Add the missing field to the file if it is optional there; if the file has no such key, this is a bug.',
  },
  {
    text: /\bunauthorized\b/i,
    advice:
      'The key has no access to the directory, or Redox needs a source: check REDOX_ENVIRONMENT and the key, and set ' +
      'REDOX_SOURCE_ID where the environment has several sources.',
  },
  {
    text: /\bnot found\b/i,
    advice: 'Redox has no such address or destination: check REDOX_BASE_URL and REDOX_ENVIRONMENT.',
  },
];

export const adviceOn = (detail: string | null): string | null =>
  detail === null ? null : (refusals.find(({ text }) => text.test(detail))?.advice ?? null);

/**
 * The outcome of a call to the directory. Some refusals are documented with status 500, which alone would leave the
 * outcome unknown. The call is rejected where every ambiguous attempt returned such a text.
 */
export function outcomeInDirectory({ outcome, attempts }: Delivery): Outcome {
  const isRefused = ({ result, httpStatus, detail }: Attempt): boolean =>
    result !== 'ambiguous' || (httpStatus === 500 && adviceOn(detail) !== null);
  return outcome === 'unknown' && attempts.every(isRefused) ? 'rejected' : outcome;
}

/** Does the directory lack the organisation? */
export const isUnknownThere = (attempts: readonly Attempt[]): boolean => unknownOid.test(attempts.at(-1)?.detail ?? '');

/** One sentence with the answer and one with the remedy; `what` names the call. */
export function describeOutcome(
  what: string,
  action: OrganizationAction,
  outcome: Outcome,
  attempts: readonly Attempt[],
): string {
  const last = attempts.at(-1);
  const lastAnswer = lastAnswerIn(attempts);
  const advice = adviceOn(last?.detail ?? null);
  switch (outcome) {
    case 'accepted':
      return `The directory accepted ${what}${typeof last?.detail === 'string' ? `: “${last.detail}”` : '.'}`;
    case 'rejected':
      return `The directory refused ${what}: ${lastAnswer}. ${advice ?? remedyForUndocumented}`;
    case 'failed':
      return `The directory did not receive ${what}: ${lastAnswer}. ${advice ?? remedyForFailed}`;
    case 'unknown':
      return `It is unknown whether the directory accepted ${what}: ${lastAnswer}. ${remedyForUnknown[action]}`;
  }
}

function lastAnswerIn(attempts: readonly Attempt[]): string {
  const { reason = null, detail = null, redoxLogId = null } = attempts.at(-1) ?? {};
  return [
    reason ?? 'no reason',
    ...(detail === null ? [] : [`“${detail}”`]),
    ...(redoxLogId === null ? [] : [`log id ${redoxLogId}`]),
    ...(attempts.length > 1 ? [`${attempts.length} tries`] : []),
  ].join(', ');
}

const remedyForUndocumented =
  'Redox does not document this refusal: correct the field that it names in the file, or ask Redox; then start again.';
const remedyForFailed = 'The directory is unchanged: start again when the network and the key work.';
const remedyForRepeatable = 'Start it again: sending the whole record twice is safe.';

const remedyForUnknown: Readonly<Record<OrganizationAction, string>> = {
  create:
    'Run `organization update` with the same file. If the directory then answers that the id is not valid, nothing was ' +
    'registered: run `organization create` again.',
  update: remedyForRepeatable,
  deactivate: remedyForRepeatable,
};

/**
 * The organisation's record in the Carequality directory: one call, made as a run of its own under the ledger's lock. The ledger keeps
 * the accepted record, so that an unchanged one is sent only once.
 */
import type { Config } from '../config/config.ts';
import type { Delivery, Outcome } from '../decide/call.ts';
import { describeOutcome, isUnknownThere, outcomeInDirectory } from '../directory/directory-answer.ts';
import { NeighbourFault, RefusedFault, UsageFault } from '../fault.ts';
import type { JsonObject } from '../json.ts';
import { withEventDateTime } from '../message/meta.ts';
import { buildOrganization, organizationRecord } from '../message/organization.ts';
import { decide, type Decision, type Organization, type OrganizationAction } from '../directory/organization.ts';
import type { RetryPolicy } from '../decide/retry.ts';
import type { Secret } from '../secret.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { knownOrganizations, markOrganizationSending, recordOrganization } from '../ledger/organization.ts';
import type { Run } from '../ledger/run/run.ts';
import type { Log } from '../log/log.ts';
import type { Finished } from '../run/finish.ts';
import { openClient } from '../night/deliver/open-client.ts';
import { withLedgerRun } from '../run/with-run.ts';

interface OrganizationRequest {
  readonly action: OrganizationAction;
  readonly organization: Organization;
  readonly config: Pick<
    Config,
    'redox' | 'wayOut' | 'ledgerKey' | 'ledgerKeyPrevious' | 'reportDir' | 'callTimeoutMs' | 'rateLimit' | 'concurrency'
  >;
  readonly ledgerUrl: Secret;
  readonly log: Log;
  /** Aborted: no further try starts. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Prints the result, in a sentence. */
  readonly print: (line: string) => void;
  /** Overrides the default; for tests. */
  readonly retry?: Partial<RetryPolicy>;
}

/** Sends the action if it is needed. Rejects with a Fault if the directory did not accept it. */
export function registerOrganization(request: OrganizationRequest): Promise<Finished> {
  const { action, organization, print } = request;
  const run = { job: 'organization', mode: 'none', planOnly: false, newTarget: false, options: { action } } as const;

  return withLedgerRun({ ...request, ...run }, async (ledger, opened) => {
    const record = organizationRecord(organization);
    const [known] = await knownOrganizations(ledger.writer, organization.oid);
    const decision = decide(action, record, known?.registered ?? null);
    switch (decision.kind) {
      case 'refuse':
        throw new RefusedFault(`${nameOf(request)} was refused, and nothing was sent: ${decision.because}.`);
      case 'nothing':
        print(`Nothing was to be sent for ${nameOf(request)}: ${decision.because}.`);
        return 'done';
      case 'send':
        return send(request, { ...decision, record }, ledger, opened);
    }
  });
}

type Sending = Decision & { readonly kind: 'send' } & { readonly record: JsonObject };

async function send(
  request: OrganizationRequest,
  sending: Sending,
  ledger: Ledger,
  run: Run,
): Promise<'done' | 'stopped'> {
  const { action, config, organization, signal, now, print } = request;
  const { event, record, active } = sending;
  const { oid } = organization;
  const note = async (state: Outcome, attempts: Delivery['attempts'] = []): Promise<void> => {
    const reason = state === 'accepted' ? null : (attempts.at(-1)?.reason ?? 'not_started');
    const isForgotten = state === 'rejected' && isUnknownThere(attempts);
    const result = { oid, state, reason, record, active, attempts, isForgotten, at: now() };
    await recordOrganization(ledger.writer, run, result);
  };

  await ledger.finishUnderWay();
  const client = await openClient(request, ledger, signal);
  try {
    const proof = await markOrganizationSending(ledger.writer, run, { oid, event, at: now() });
    const message = withEventDateTime(buildOrganization(event, record, active, config.redox), now());
    const delivery = await client.send(JSON.stringify(message), proof).catch(async (error: unknown) => {
      // Without a token or a proof, the call was never sent.
      await note('failed');
      throw error;
    });
    if (delivery === 'not_started') {
      await note('failed');
      return 'stopped';
    }
    const outcome = outcomeInDirectory(delivery);
    await note(outcome, delivery.attempts);
    const sentence = describeOutcome(nameOf(request), action, outcome, delivery.attempts);
    // A refusal is a fault of the file or the command; all other failures concern the connection.
    if (outcome === 'rejected') throw new UsageFault(sentence);
    if (outcome !== 'accepted') throw new NeighbourFault(sentence);
    print(sentence);
    return 'done';
  } finally {
    await client.close();
  }
}

const nameOf = ({ action, organization, config }: OrganizationRequest): string =>
  `\`organization ${action}\` of ${organization.name} (${organization.oid}, ${config.redox.environment})`;

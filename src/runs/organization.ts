/**
 * The organisation's record in the Carequality directory: one call, made as a run of its own under the ledger's lock. The ledger keeps
 * the accepted record, so that an unchanged one is sent only once.
 */
import type { Delivery, Outcome } from '../decide/call.ts';
import { describeOutcome, isUnknownThere, outcomeInDirectory } from '../directory/directory-answer.ts';
import { NeighbourFault, RefusedFault, UsageFault } from '../fault.ts';
import type { JsonObject } from '../json.ts';
import { withEventDateTime } from '../message/parts.ts';
import { buildOrganization, organizationRecord } from '../message/organization.ts';
import { decide, type Decision, type Organization, type OrganizationAction } from '../directory/organization.ts';
import type { RetryPolicy } from '../decide/redox/failure.ts';
import { knownOrganizations, markOrganizationSending, recordOrganization } from '../ledger/organization.ts';
import type { Finished } from '../run/finish.ts';
import { type ClientPolicy, openClient } from '../deliver/open-client.ts';
import { report } from '../report/reports.ts';
import type { LedgerPolicy } from '../run/policy.ts';
import type { JobServices, LedgerServices } from '../run/services.ts';
import { withLedgerRun } from '../run/with-run.ts';

interface Registration {
  readonly action: OrganizationAction;
  readonly organization: Organization;
  readonly config: LedgerPolicy['config'] & ClientPolicy['config'];
  readonly print: (line: string) => void;
  /** Overrides the default; for tests. */
  readonly retry?: Partial<RetryPolicy>;
}

/** Sends the action if it is needed. Rejects with a Fault if the directory did not accept it. */
export function registerOrganization(registration: Registration, job: JobServices): Promise<Finished> {
  const { action, organization, config, print } = registration;
  const work = async (services: LedgerServices): Promise<'done' | 'stopped'> => {
    const record = organizationRecord(organization);
    const [known] = await knownOrganizations(services.ledger.writer, organization.oid);
    const decision = decide(action, record, known?.registered ?? null);
    switch (decision.kind) {
      case 'refuse':
        throw new RefusedFault(`${nameOf(registration)} was refused, and nothing was sent: ${decision.because}.`);
      case 'nothing':
        print(`Nothing was to be sent for ${nameOf(registration)}: ${decision.because}.`);
        return 'done';
      case 'send':
        return send(registration, { ...decision, record }, services);
    }
  };
  return withLedgerRun({ job: 'organization', mode: 'none', options: { action }, config }, job, work, report);
}

type Sending = Decision & { readonly kind: 'send' } & { readonly record: JsonObject };

async function send(
  registration: Registration,
  sending: Sending,
  services: LedgerServices,
): Promise<'done' | 'stopped'> {
  const { action, config, organization, print } = registration;
  const { ledger, run, signal, now } = services;
  const { event, record, active } = sending;
  const { oid } = organization;
  const note = async (state: Outcome, attempts: Delivery['attempts'] = []): Promise<void> => {
    const reason = state === 'accepted' ? null : (attempts.at(-1)?.reason ?? 'not_started');
    const isForgotten = state === 'rejected' && isUnknownThere(attempts);
    const result = { oid, state, reason, record, active, attempts, isForgotten, at: now() };
    await recordOrganization(ledger.writer, run, result);
  };

  await ledger.finishUnderWay();
  const client = await openClient(registration, services, signal);
  try {
    const proof = await markOrganizationSending(ledger.writer, run, { oid, event, at: now() });
    const message = withEventDateTime(buildOrganization(event, record, active, config.redox), now());
    const delivery = await client.send(Buffer.from(JSON.stringify(message)), proof).catch(async (error: unknown) => {
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
    const sentence = describeOutcome(nameOf(registration), action, outcome, delivery.attempts);
    // A refusal is a fault of the file or the command; all other failures concern the connection.
    if (outcome === 'rejected') throw new UsageFault(sentence);
    if (outcome !== 'accepted') throw new NeighbourFault(sentence);
    print(sentence);
    return 'done';
  } finally {
    await client.close();
  }
}

const nameOf = ({ action, organization, config }: Registration): string =>
  `\`organization ${action}\` of ${organization.name} (${organization.oid}, ${config.redox.environment})`;

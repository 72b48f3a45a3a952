import { differencesBetween, organizationIn } from '../directory/directory-record.ts';
import { Fault } from '../fault.ts';
import {
  type DirectoryResult,
  knownOrganizations,
  lastDirectoryCheck,
  recordDirectoryCheck,
} from '../ledger/organization.ts';
import { noteQuery } from '../ledger/record/confirmation.ts';
import { withEventDateTime } from '../message/parts.ts';
import { buildOrganizationQuery, organizationRecord } from '../message/organization.ts';
import { sharedRateOf } from '../fleet/open-shared-rate.ts';
import { askDirectory } from '../redox/directory-client.ts';
import type { Policy } from '../run/policy.ts';
import type { LedgerServices } from '../run/services.ts';

/** A week less half a day, so that the check stays on its night. */
const intervalHours = 6.5 * 24;

/** The longest time before a plan. */
const mostMs = 60_000;

interface Check {
  readonly result: DirectoryResult;
  readonly fields: readonly string[];
}

/**
 * `ORGANIZATION_CHECK=weekly`: compares the record that other participants see with `ORGANIZATION_FILE`, and again each night while
 * they differ. A difference or an unreadable answer becomes one line for a person.
 */
export async function checkDirectory(policy: Policy, services: LedgerServices): Promise<void> {
  const { job, config, planOnly } = policy;
  const { sender } = config.redox;
  if (config.organizationCheck === 'never' || job !== 'nightly' || planOnly || services.bindAnew !== null) return;
  if (sender === null) return;
  const { writer, reader } = services.ledger;
  const last = await lastDirectoryCheck(reader, sender.oid);
  if (last?.result === 'agrees' && last.ageHours < intervalHours) return;
  const patience = AbortSignal.timeout(mostMs);
  const check = await ask(policy, services, patience).catch((error: unknown): Check => {
    const isUnanswered = error instanceof Fault || patience.aborted;
    if (services.signal.aborted || writer.isLost || !isUnanswered) throw error;
    services.log('directory_unread', { advice: error instanceof Fault ? error.message : tooSlow });
    return { result: 'unread', fields: [] };
  });
  await recordDirectoryCheck(writer, services.run, { oid: sender.oid, ...check });
}

async function ask(
  { config, retry = {} }: Policy,
  { ledger, signal, log, now }: LedgerServices,
  patience: AbortSignal,
): Promise<Check> {
  const { redox } = config;
  const { sender } = redox;
  if (sender === null) throw new Error('the directory is checked without a file');
  const [known] = await knownOrganizations(ledger.reader, sender.oid);
  const query = withEventDateTime(buildOrganizationQuery(sender.oid, redox), now());
  const onQuery = (): Promise<void> => noteQuery(ledger.writer);
  const either = AbortSignal.any([signal, patience]);
  const shared = sharedRateOf({ config, log, signal: either });
  const options = { redox, retry, shared, signal: either, onQuery };
  const found = await askDirectory(options, query).finally(() => shared?.close());
  const there = organizationIn(found, sender.oid);
  if (there === null) return { result: 'not_registered', fields: [] };
  const record = { Active: known?.registered?.active ?? true, ...organizationRecord(sender) };
  const fields = [...new Set(differencesBetween(record, there).map(({ path }) => path))];
  if (fields.length > 0) log('directory_differs', { oid: sender.oid, fields: fields.length });
  return { result: fields.length === 0 ? 'agrees' : 'differs', fields };
}

const tooSlow =
  'The Carequality directory gave no answer within a minute. The run continues, and the next nightly asks again.';

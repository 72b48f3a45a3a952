import { readOrganizationFile } from '../../src/config/file/organization-file.ts';
import { exitCodes, type ExitCode } from '../../src/fault.ts';
import type { JsonObject } from '../../src/json.ts';
import { organizationRecord } from '../../src/message/organization.ts';
import { changedFields, type Registered } from '../../src/directory/organization.ts';
import { readLedger } from '../../src/ledger/ledger.ts';
import { knownOrganizations, type KnownOrganization } from '../../src/ledger/organization.ts';
import { readTarget } from '../../src/ledger/run/target.ts';
import type { JobContext } from '../frame/job.ts';
import { withLedgerUrlToRead } from '../ledger/ledger-url.ts';

/** Prints what the ledger knows to be registered: of one organisation, by OID or file, or of all. Makes no call. */
export async function showOrganizations({ config, print }: JobContext, which: string | null): Promise<ExitCode> {
  const wanted = which === null || isOid(which) ? { oid: which, file: null } : ofFile(which, config('redox').redox);
  await withLedgerUrlToRead(config('ledger').ledger, (url) =>
    readLedger(url, async (session) => {
      const environment = (await readTarget(session))?.environment ?? 'no environment yet';
      const known = await knownOrganizations(session, wanted.oid);
      if (known.length === 0) print(nothingKnown(wanted.oid, environment));
      for (const one of known) for (const line of describe(one, environment, wanted.file)) print(line);
    }),
  );
  return exitCodes.done;
}

interface InFile {
  readonly path: string;
  readonly record: JsonObject;
}

export const isOid = (text: string): boolean => /^\d+(\.\d+)+$/.test(text);

function ofFile(
  path: string,
  { organizationOid }: { readonly organizationOid: string },
): { oid: string; file: InFile } {
  const organization = readOrganizationFile(path, organizationOid);
  return { oid: organization.oid, file: { path, record: organizationRecord(organization) } };
}

const nothingKnown = (oid: string | null, environment: string): string =>
  `This ledger (${environment}) has no call about ${oid ?? 'any organisation'}. Run \`organization update\` for one that was registered by ` +
  'other means.';

function describe(
  { oid, registered, last_event, last_state, last_reason, sending_at, run_id }: KnownOrganization,
  environment: string,
  file: InFile | null,
): string[] {
  const reason = last_reason === null ? '' : ` (${last_reason})`;
  return [
    `${oid} in the Carequality directory of ${environment}: ${standing(registered)}`,
    `Last call: ${last_event}, ${last_state}${reason}, ${sending_at.toISOString()}, run ${run_id ?? 'pruned'}`,
    ...(registered === null ? [] : [JSON.stringify({ Active: registered.active, ...registered.record }, null, 2)]),
    ...(file === null ? [] : [comparison(registered, file)]),
  ];
}

function standing(registered: Registered | null): string {
  if (registered === null) return 'not registered, as far as this ledger knows';
  const { active, at, isCertain } = registered;
  const since = `${active ? 'registered' : 'deactivated'} since ${at.toISOString()}`;
  return isCertain ? since : `${since}, but a later call has no certain outcome, so it may differ`;
}

function comparison(registered: Registered | null, { path, record }: InFile): string {
  const changed = registered === null ? [] : changedFields(registered.record, record);
  if (registered === null) return `${path} is not registered: \`organization create\` does that.`;
  return changed.length === 0
    ? `${path} is the same.`
    : `${path} differs in ${changed.join(', ')}: \`organization update\` sends the changes.`;
}

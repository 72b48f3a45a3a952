import { readOrganizationFile } from '../../src/config/file/organization-file.ts';
import { type Difference, differencesBetween, organizationIn } from '../../src/directory/directory-record.ts';
import { exitCodes, type ExitCode, StoppedFault } from '../../src/fault.ts';
import type { JsonObject } from '../../src/json.ts';
import { buildOrganizationQuery, organizationRecord } from '../../src/message/organization.ts';
import { withEventDateTime } from '../../src/message/parts.ts';
import { sharedRateOf } from '../../src/fleet/open-shared-rate.ts';
import { askDirectory } from '../../src/redox/directory-client.ts';
import type { JobContext } from '../frame/job.ts';
import { isOid } from './show.ts';

/** Lists the fields in which the directory differs from the file. Ends with 2 if any does. */
export async function checkOrganization(context: JobContext, file: string): Promise<ExitCode> {
  const { redox } = context.config('redox');
  const organization = readOrganizationFile(file, redox.organizationOid);
  const there = await registered(context, organization.oid);
  const place = `The Carequality directory of ${redox.environment}`;
  const name = `${organization.name} (${organization.oid})`;
  if (there === null) {
    context.print(`${place} has no ${name}: \`organization create\` registers it.`);
    return exitCodes.needsPerson;
  }
  const found = differencesBetween({ Active: true, ...organizationRecord(organization) }, there);
  if (found.length === 0) {
    context.print(`${place} has ${name} as ${file} describes it.`);
    return exitCodes.done;
  }
  context.print(`${place} has ${name} otherwise than ${file}:`);
  for (const difference of found.slice(0, shownDifferences)) context.print(`  ${lineOf(difference)}`);
  const left = found.length - shownDifferences;
  if (left > 0) context.print(`  and ${left} more`);
  context.print('`organization update` sends the file.');
  return exitCodes.needsPerson;
}

/** A record has some thirty fields. */
const shownDifferences = 100;

/** Prints the record that the directory has, by OID or file; by default of this site's organisation. */
export async function showDirectory(context: JobContext, which: string | null): Promise<ExitCode> {
  const { redox } = context.config('redox');
  const { organizationOid } = redox;
  const isFile = which !== null && !isOid(which);
  const oid = isFile ? readOrganizationFile(which, organizationOid).oid : (which ?? organizationOid);
  const there = await registered(context, oid);
  const place = `the Carequality directory of ${redox.environment}`;
  context.print(there === null ? `${oid} is not in ${place}.` : `${oid} in ${place}:`);
  if (there !== null) context.print(JSON.stringify(there, null, 2));
  return exitCodes.done;
}

async function registered({ config, log, signal }: JobContext, oid: string): Promise<JsonObject | null> {
  const configured = config('redox');
  const { redox } = configured;
  const query = withEventDateTime(buildOrganizationQuery(oid, redox), new Date());
  const shared = sharedRateOf({ config: configured, log, signal });
  try {
    return organizationIn(await askDirectory({ redox, shared, signal }, query), oid);
  } catch (error) {
    throw signal.aborted ? new StoppedFault({ cause: error }) : error;
  } finally {
    await shared?.close();
  }
}

/** Values are the organisation's own. JSON keeps control characters off the terminal. */
const lineOf = ({ path, inFile, inDirectory }: Difference): string =>
  inFile === undefined
    ? `${path}: only the directory has ${JSON.stringify(inDirectory)}`
    : `${path}: the file has ${JSON.stringify(inFile)}, the directory ${inDirectory === undefined ? 'nothing' : JSON.stringify(inDirectory)}`;

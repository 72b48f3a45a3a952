import { accessSync, constants } from 'node:fs';
import type { Config, RedoxConfig } from '../../../src/config/config.ts';
import { contactOf, phoneOf } from '../../../src/message/document/header.ts';
import { directoryDestinationId } from '../../../src/message/organization.ts';
import { proxyFor } from '../../../src/network/way-out.ts';
import { tryToken } from '../../../src/redox/token/try-token.ts';
import type { Environment } from '../../../src/config/config.ts';
import { checkAcceptance } from './acceptance.ts';
import { type Check, fault, faultOf, look, ok, skipped, warning } from './check.ts';
import { assessClock } from './clock.ts';
import { checkReadBack } from './read-back.ts';

interface RedoxQuestion {
  /** Null where it does not fit. */
  readonly config: Pick<Config, 'redox' | 'platform'> | null;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

/** Checks Redox: its address, the proxy before it, and whether it issues a token. No message is sent. */
export async function checkRedox({ config, environment, signal }: RedoxQuestion): Promise<readonly Check[]> {
  const way = [...checkTls(environment), ...checkCertificates(environment)];
  if (config === null) return [...way, skipped('token', 'because the settings of Redox do not fit.')];
  const { redox } = config;
  const token = await look('token', async () => {
    const { fault: refusal, aheadMs } = await tryToken(redox, signal);
    const key = redox.credentials.kind === 'oauth' ? `the key ${redox.credentials.keyId}` : 'the legacy key';
    return [
      refusal === null ? ok('token', `Redox gives a token for ${key}.`) : faultOf('token', refusal),
      aheadMs === null
        ? skipped('clock', 'because Redox did not answer with its Date.')
        : assessClock("Redox's clock", aheadMs),
    ];
  });
  const hasToken = token.every(({ result }) => result !== 'fault');
  return [
    checkAddress(redox),
    checkNumbers(redox),
    checkSender(redox),
    checkProxy(redox),
    ...way,
    ...token,
    ...(await checkAcceptance(config, signal)),
    ...(hasToken ? await checkReadBack(redox, signal) : [skipped('read-back', 'because Redox gave no token.')]),
  ];
}

function checkAddress({ baseUrl, environment }: RedoxConfig): Check {
  const { host, protocol } = new URL(baseUrl);
  const says = `${host}, ${environment}.`;
  const isStandIn = protocol === 'http:';
  if (isStandIn && environment === 'production') {
    return warning(
      'address',
      `${says} A stand-in on this machine receives what is meant for production.`,
      'Set REDOX_BASE_URL or REDOX_ENVIRONMENT.',
    );
  }
  if (isStandIn) return ok('address', `${says} It is a stand-in on this machine.`);
  if (!/(^|\.)redoxengine\.com$/i.test(host)) {
    return warning(
      'address',
      `${says} That is not one of Redox's own hosts.`,
      'Check REDOX_BASE_URL: patients are sent there.',
    );
  }
  return ok('address', says);
}

const environments = ['development', 'staging', 'production'] as const;

/** Checks ids that are easily confused: Redox issued each for another use. */
function checkNumbers({ destinationId, organizationOid, patientOid, sourceId }: RedoxConfig): Check {
  const directories = environments.map((environment) => directoryDestinationId({ environment }));
  if (directories.includes(destinationId)) {
    const says = 'REDOX_DESTINATION_ID is that of the Carequality directory, which takes no patients.';
    return fault('ids', says, "Set it to the id of the organisation's own repository destination.");
  }
  if (sourceId !== null && sourceId === destinationId) {
    return fault(
      'ids',
      'REDOX_SOURCE_ID and REDOX_DESTINATION_ID are the same.',
      'The dashboard lists sources and destinations apart.',
    );
  }
  if (patientOid === organizationOid) {
    const says = 'PATIENT_OID is the same as ORGANIZATION_OID.';
    return warning(
      'ids',
      says,
      'Redox issues one for the organisation and another for its patient ids; ask if in doubt.',
    );
  }
  return ok('ids', `Destination ${destinationId}, organisation ${organizationOid}.`);
}

/** A document whose sender has no name and no phone cannot be asked about. */
export function checkSender({ sender, organizationOid }: Pick<RedoxConfig, 'sender' | 'organizationOid'>): Check {
  if (sender === null) {
    return warning(
      'sender',
      'Documents name their sender by its OID alone.',
      'Set ORGANIZATION_FILE to the file of the job organization, which has name, address and phone.',
    );
  }
  if (sender.oid !== organizationOid) {
    const says = `ORGANIZATION_FILE describes ${sender.oid}, and documents are sent for ${organizationOid}.`;
    return warning('sender', says, 'Give the file of the organisation itself.');
  }
  const contact = contactOf(sender);
  const phone = contact === undefined ? null : phoneOf(contact);
  return phone === null
    ? warning(
        'sender',
        `Documents name ${sender.name}, and no phone.`,
        'Give a contact in ORGANIZATION_FILE whose purpose is not Technical, with a phone.',
      )
    : ok('sender', `Documents name ${sender.name}, ${phone}, ${contact?.emailAddresses[0] ?? 'no e-mail address'}.`);
}

function checkProxy({ baseUrl, wayOut }: RedoxConfig): Check {
  const proxy = proxyFor(baseUrl, wayOut);
  if (typeof proxy === 'string') return fault('proxy', proxy, null);
  if (proxy !== null) return ok('proxy', `${proxy.host}, set in ${proxy.name}.`);
  const isExcepted = wayOut.proxy !== null && baseUrl.startsWith('https:');
  return ok('proxy', `None: the way to Redox is straight${isExcepted ? ', for NO_PROXY excepts its host' : ''}.`);
}

function checkTls(environment: Environment): Check[] {
  if (environment['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return [];
  const says = 'NODE_TLS_REJECT_UNAUTHORIZED is 0: anyone between this machine and Redox can read every patient.';
  return [fault('tls', says, "Remove it; a proxy's own certificate goes into NODE_EXTRA_CA_CERTS.")];
}

/** Node warns about an unreadable file and ignores it. */
function checkCertificates(environment: Environment): Check[] {
  const path = environment['NODE_EXTRA_CA_CERTS'] ?? '';
  if (path === '') return [];
  try {
    accessSync(path, constants.R_OK);
    return [ok('certificates', `NODE_EXTRA_CA_CERTS adds those of ${path}.`)];
  } catch {
    return [
      fault(
        'certificates',
        `NODE_EXTRA_CA_CERTS names ${path}, which cannot be read.`,
        'Correct the path or its rights.',
      ),
    ];
  }
}

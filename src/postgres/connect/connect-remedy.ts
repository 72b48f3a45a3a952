import pg from 'pg';
import type { Secret } from '../../secret.ts';

/** What to do where a Postgres could not be connected to: of faults of TLS the certificate and the parameter of the URL that mend them. */
export function connectRemedy(error: unknown, url: Secret, neighbour: string): string {
  const named = settings[neighbour] ?? 'the URL';
  const remedy = tlsRemedy(error, { named, hasAuthority: /[?&]sslrootcert=[^&]/.test(url.reveal()) });
  return `${remedy ?? usualRemedy} Then start the job again.`;
}

const settings: Readonly<Record<string, string>> = { 'the EHR': 'EHR_URL', 'the ledger': 'LEDGER_URL' };

const usualRemedy =
  'Check that the server runs and that the URL, the role and its password are right, and that it speaks TLS where it is on ' +
  'another machine (sslmode=disable in the URL says that it need not).';

interface Address {
  /** The setting that holds the URL. */
  readonly named: string;
  /** It names an authority of its own. */
  readonly hasAuthority: boolean;
}

function tlsRemedy(error: unknown, address: Address): string | null {
  // Of each address that a host name stands for.
  if (error instanceof AggregateError) {
    return error.errors.map((one) => tlsRemedy(one, address)).find((remedy) => remedy !== null) ?? null;
  }
  if (!(error instanceof Error)) return null;
  if (error.message === 'The server does not support SSL connections') {
    return `Switch TLS on at the server (ssl = on), or append sslmode=disable to ${address.named}, where nobody else is on the network.`;
  }
  const code = 'code' in error ? String(error.code) : '';
  return ofTheirCertificate(code, address) ?? ofOurCertificate(error, code, address);
}

/** By Node's names for what OpenSSL finds wrong with a certificate. */
function ofTheirCertificate(code: string, { named, hasAuthority }: Address): string | null {
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'CERT_SIGNATURE_FAILURE':
    case 'CERT_UNTRUSTED':
      return hasAuthority
        ? `The server's certificate does not come from the authority in sslrootcert of ${named}: put into that file the certificate of the authority that made it, and those between them.`
        : `The server's certificate comes from an authority that is not known here: append sslrootcert=<file with that authority's certificate, in PEM> to ${named}.`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `The server's certificate is made out to another host: write in ${named} a host name that stands in the certificate, or have one made for this name.`;
    case 'CERT_HAS_EXPIRED':
      return `The server's certificate, or that of its authority, has expired: have it renewed, and see that the file in sslrootcert of ${named} is not an old one.`;
    case 'CERT_NOT_YET_VALID':
      return "The server's certificate is not valid yet: see that this machine's clock is right.";
    case 'INVALID_CA':
    case 'INVALID_PURPOSE':
      return `The certificate in sslrootcert of ${named} is no authority's, or the server's is not for servers: put the certificate of its authority there.`;
    default:
      return null;
  }
}

/** By the sentence of Postgres, or by an alert of the server's TLS. */
function ofOurCertificate(error: Error, code: string, { named }: Address): string | null {
  const sentence = error instanceof pg.DatabaseError ? error.message : '';
  if (sentence.includes('valid client certificate') || code.includes('ALERT_CERTIFICATE_REQUIRED')) {
    return `The server asks who we are: append sslcert=<file>&sslkey=<file> to ${named}, the client certificate that its keeper issued and the key to it.`;
  }
  if (sentence.includes('certificate authentication failed')) {
    return `The client certificate in sslcert is made out to another role: put the one of this role into ${named}.`;
  }
  if (/_ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|(SSLV3_)?CERTIFICATE_\w+)/.test(code)) {
    return `The server does not take the client certificate in sslcert of ${named}: have its keeper issue one.`;
  }
  if (code === '28000' && /no encryption|SSL off/.test(sentence)) {
    return `The server lets nobody in without TLS: put sslmode=require into ${named}, in the place of another sslmode.`;
  }
  return null;
}

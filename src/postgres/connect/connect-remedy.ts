import pg from 'pg';
import type { Secret } from '../../secret.ts';

/** The remedy for a failed connection; for TLS errors, the certificate and the URL parameter to change. */
export function connectRemedy(error: unknown, url: Secret, neighbour: string): string {
  const named = settings[neighbour] ?? 'the URL';
  const remedy = tlsRemedy(error, { named, hasAuthority: /[?&]sslrootcert=[^&]/.test(url.reveal()) });
  return `${remedy ?? usualRemedy} Then start the job again.`;
}

const settings: Readonly<Record<string, string>> = { 'the EHR': 'EHR_URL', 'the ledger': 'LEDGER_URL' };

const usualRemedy =
  'Check that the server runs, and that the URL, the role and its password are right. A server on another machine must use TLS, ' +
  'unless the URL has sslmode=disable.';

interface Address {
  /** The setting that holds the URL. */
  readonly named: string;
  /** The URL names its own certificate authority. */
  readonly hasAuthority: boolean;
}

function tlsRemedy(error: unknown, address: Address): string | null {
  // One error for each address of a host name.
  if (error instanceof AggregateError) {
    return error.errors.map((one) => tlsRemedy(one, address)).find((remedy) => remedy !== null) ?? null;
  }
  if (!(error instanceof Error)) return null;
  if (error.message === 'The server does not support SSL connections') {
    return `Switch TLS on at the server (ssl = on), or, on a private network, append sslmode=disable to ${address.named}.`;
  }
  const code = 'code' in error ? String(error.code) : '';
  return ofTheirCertificate(code, address) ?? ofOurCertificate(error, code, address);
}

/** By Node's codes for OpenSSL's certificate errors. */
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
        ? `The server's certificate was not issued by the authority in sslrootcert of ${named}: put the issuing authority's certificate and the intermediate ones into that file.`
        : `The server's certificate was issued by an unknown authority: append sslrootcert=<file with that authority's certificate, in PEM> to ${named}.`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `The server's certificate is for another host: use a host name of the certificate in ${named}, or have one issued for this name.`;
    case 'CERT_HAS_EXPIRED':
      return `The server's certificate, or that of its authority, has expired: have it renewed, and check that the file in sslrootcert of ${named} is current.`;
    case 'CERT_NOT_YET_VALID':
      return "The server's certificate is not valid yet: check this machine's clock.";
    case 'INVALID_CA':
    case 'INVALID_PURPOSE':
      return `The certificate in sslrootcert of ${named} does not belong to an authority, or the server's certificate is not for servers: put the authority's certificate there.`;
    default:
      return null;
  }
}

/** By the message of Postgres, or by a TLS alert of the server. */
function ofOurCertificate(error: Error, code: string, { named }: Address): string | null {
  const sentence = error instanceof pg.DatabaseError ? error.message : '';
  if (sentence.includes('valid client certificate') || code.includes('ALERT_CERTIFICATE_REQUIRED')) {
    return `The server requires a client certificate: append sslcert=<file>&sslkey=<file> to ${named}, with the certificate that its administrator issued and its key.`;
  }
  if (sentence.includes('certificate authentication failed')) {
    return `The client certificate in sslcert is for another role: put this role's certificate into ${named}.`;
  }
  if (/_ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|(SSLV3_)?CERTIFICATE_\w+)/.test(code)) {
    return `The server does not accept the client certificate in sslcert of ${named}: have its administrator issue one.`;
  }
  if (code === '28000' && /no encryption|SSL off/.test(sentence)) {
    return `The server requires TLS: put sslmode=require into ${named}, in place of any other sslmode.`;
  }
  return null;
}

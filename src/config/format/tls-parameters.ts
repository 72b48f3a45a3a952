/** What the address of a Postgres says of TLS: looked at before anything is opened, for the driver would throw only then, or go on without it. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { InvalidSetting } from './format.ts';

const modes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];

/** As libpq names them; of any other the driver says nothing. */
const names: ReadonlySet<string> = new Set([
  ...['ssl', 'sslmode', 'sslnegotiation', 'sslsni', 'sslcompression'],
  ...['sslcert', 'sslkey', 'sslpassword', 'sslcertmode', 'sslrootcert', 'sslcrl', 'sslcrldir'],
]);

/** Throws a InvalidSetting that names the parameter. */
export function requireTlsParameters(parameters: URLSearchParams): void {
  const unknownParameter = [...parameters.keys()].find((name) => /^ssl/i.test(name) && !names.has(name));
  if (unknownParameter !== undefined)
    throw new InvalidSetting(`which has an unknown parameter ${printable(unknownParameter)}`);
  // The last occurrence counts.
  const last = (name: string): string => parameters.getAll(name).at(-1) ?? '';
  if (!['', ...modes].includes(last('sslmode'))) {
    throw new InvalidSetting(
      `which has an unknown sslmode=${printable(last('sslmode'))} (expected ${modes.join(', ')})`,
    );
  }
  if (!['', 'true', '1', 'false', '0'].includes(last('ssl'))) {
    throw new InvalidSetting('which has a value other than true or false in ssl (sslmode=require demands TLS)');
  }
  requireAuthority(last('sslrootcert'));
  requirePair(last('sslcert'), last('sslkey'));
}

const printable = (text: string): string => (/^[\w-]{1,30}$/.test(text) ? text : '…');

/** Of whom the server's certificate must come. */
function requireAuthority(path: string): void {
  if (path === '') return;
  if (path === 'system' && statSync(path, { throwIfNoEntry: false }) === undefined) {
    const ways =
      "leave it out for the public authorities, or name the system's file, such as /etc/ssl/certs/ca-certificates.crt";
    throw new InvalidSetting(`which has sslrootcert=system, and the system's list is not read here (${ways})`);
  }
  requireCertificates('sslrootcert', path);
}

/** The certificate that shows the server who we are, and its key. */
function requirePair(certificatePath: string, keyPath: string): void {
  if (certificatePath === '' && keyPath === '') return;
  if (keyPath === '') throw new InvalidSetting('which has sslcert without sslkey, the private key that belongs to it');
  if (certificatePath === '')
    throw new InvalidSetting('which has sslkey without sslcert, the certificate that belongs to it');
  const certificate = requireCertificates('sslcert', certificatePath);
  const key = keyIn(contentOf('sslkey', keyPath));
  if (key === null) throw invalidFile('sslkey', keyPath, 'holds no private key in PEM, or an encrypted one');
  if (!certificate.checkPrivateKey(key))
    throw invalidFile('sslkey', keyPath, 'does not belong to the certificate in sslcert');
}

/** The first of the certificates in a file. */
function requireCertificates(parameter: string, path: string): X509Certificate {
  const pems = contentOf(parameter, path).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const [first, ...others] = pems.map(certificateIn);
  if (first === undefined) throw invalidFile(parameter, path, 'holds no certificate in PEM');
  if (first === null || others.includes(null))
    throw invalidFile(parameter, path, 'holds a certificate that cannot be read');
  return first;
}

function contentOf(parameter: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw invalidFile(parameter, path, reasons[code] ?? `cannot be read (${code})`);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  ENOTDIR: 'is not there',
  EISDIR: 'is a folder',
  EACCES: 'may not be read by the user who runs the job',
};

const invalidFile = (parameter: string, path: string, why: string): InvalidSetting =>
  new InvalidSetting(`which names ${JSON.stringify(path)} in ${parameter}, and that ${why}`);

function certificateIn(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

function keyIn(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    return null; // what OpenSSL says of it may quote the key
  }
}

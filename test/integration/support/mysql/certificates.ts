import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files of `makeCertificates`. */
export const certificatesIn = (folder: string) =>
  ({
    authority: join(folder, 'ca.pem'),
    otherAuthority: join(folder, 'other.pem'),
    certificate: join(folder, 'server.pem'),
    key: join(folder, 'server.key'),
  }) as const;

/** Makes two authorities, and a certificate of the first for `localhost`. */
export function makeCertificates(folder: string): ReturnType<typeof certificatesIn> {
  mkdirSync(folder);
  const openssl = (...words: readonly string[]): void => {
    execFileSync('openssl', words, { stdio: 'ignore', cwd: folder });
  };
  const request = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  for (const name of ['ca', 'other']) {
    openssl(
      ...request,
      '-x509',
      '-days',
      '2',
      '-subj',
      `/CN=Site ${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
    );
  }
  openssl(...request, '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.csr');
  writeFileSync(join(folder, 'server.ext'), 'subjectAltName=DNS:localhost');
  openssl(
    ...['x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'],
    ...['-extfile', 'server.ext', '-out', 'server.pem'],
  );
  return certificatesIn(folder);
}

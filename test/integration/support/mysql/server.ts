import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';
import { certificatesIn, makeCertificates } from './certificates.ts';
import { mariadbd, startMariadb, stopMariadb } from '../../../mariadb-server.ts';

export { mariadbd } from '../../../mariadb-server.ts';

/** Said once a run. */
export const noticeOfSkipped =
  mariadbd === null
    ? 'There is no mariadbd on this machine, so the tests of MySQL are skipped; mariadb-server would run them.'
    : null;

const homeIn = (folder: string): string => join(folder, 'mariadb');

const tlsIn = (folder: string): string => join(folder, 'mariadb-tls');

/** The certificate of the server of this run, and its authority. */
export const mysqlCertificates = (): ReturnType<typeof certificatesIn> => certificatesIn(tlsIn(inject('sharedFolder')));

/** The URL of the one server of this run, without a database. Whoever asks first starts it. */
export async function mysqlServer(): Promise<string> {
  const folder = inject('sharedFolder');
  const urlFile = join(folder, 'mariadb-url');
  const isFirst = await mkdir(homeIn(folder)).then(
    () => true,
    () => false,
  );
  if (isFirst) {
    const url = await startMariadb(homeIn(folder), '64M', makeCertificates(tlsIn(folder)));
    await writeFile(`${urlFile}.new`, url);
    await rename(`${urlFile}.new`, urlFile);
  }
  for (let tries = 0; !existsSync(urlFile); tries += 1) {
    if (tries > 2_400) throw new Error('MariaDB did not start within two minutes');
    await sleep(50);
  }
  return readFile(urlFile, 'utf8');
}

/** Ends the server of a run. */
export const stopMysql = (folder: string): void => {
  stopMariadb(homeIn(folder));
};

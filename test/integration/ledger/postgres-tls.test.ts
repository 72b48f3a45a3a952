import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { examine } from '../../../src/config/examine.ts';
import { exitCodes } from '../../../src/fault.ts';
import { Secret } from '../../../src/secret.ts';
import { Session } from '../../../src/postgres/session.ts';

/** The answer to "is this TLS?" of a Postgres that has a certificate of its own making; it notes whether anybody went on after seeing it. */
async function selfSigned(): Promise<{ port: number; passwords: () => number }> {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
  execFileSync('openssl', [...request, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const pair = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  let trusted = 0;
  const server: Server = createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write('S');
      const secure = new TLSSocket(socket, { isServer: true, ...pair });
      secure.on('error', () => undefined);
      // What comes first is who wants in, and where.
      secure.on('data', () => {
        trusted += 1;
        secure.destroy();
      });
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, passwords: () => trusted };
}

it.each(['require', 'verify-ca', 'verify-full', 'prefer'])(
  'sslmode=%s sends nothing to a server with an unverified certificate',
  async (mode) => {
    const server = await selfSigned();
    const url = new Secret(`postgres://reader:secret@localhost:${server.port}/ehr?sslmode=${mode}`);
    await expect(Session.open(url, { neighbour: 'the EHR' })).rejects.toThrow(
      /Could not connect to the EHR .*self-signed/,
    );
    expect(server.passwords()).toBe(0);
  },
);

describe('a TLS fault names the certificate, and the parameter that mends it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-authority-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const file = (name: string): string => join(folder, name);
  const openssl = (...words: readonly string[]): void => {
    execFileSync('openssl', words, { stdio: 'ignore', cwd: folder });
  };

  /** A certificate that an authority of the test's own has made. */
  function certify(name: string, subject: string, ...others: readonly string[]): void {
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', subject, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    const names = `subjectAltName=DNS:${subject.replace('/CN=', '')}`;
    writeFileSync(file(`${name}.ext`), names);
    openssl(
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
      ...['-extfile', `${name}.ext`, '-out', `${name}.pem`, ...(others.length > 0 ? others : ['-days', '2'])],
    );
  }

  beforeAll(() => {
    const authority = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
    openssl(...authority, '-subj', '/CN=Site CA', '-keyout', 'ca.key', '-out', 'ca.pem');
    openssl(...authority, '-subj', '/CN=Other CA', '-keyout', 'other.key', '-out', 'other.pem');
    certify('server', '/CN=localhost');
    certify('elsewhere', '/CN=ehr.example');
    certify('expired', '/CN=localhost', '-days', '-1');
    certify('reader', '/CN=reader');
  });

  interface Mode {
    readonly certificate?: string;
    /** What is said once the connection is encrypted. */
    readonly refusal?: string;
    readonly asksWhoWeAre?: boolean;
    readonly speaksTls?: boolean;
  }

  async function server({ certificate = 'server', refusal, asksWhoWeAre = false, speaksTls = true }: Mode) {
    const [key, cert] = ['key', 'pem'].map((end) => readFileSync(file(`${certificate}.${end}`)));
    const secure = { key, cert: Buffer.concat([cert ?? Buffer.of(), readFileSync(file('ca.pem'))]) };
    const demand = asksWhoWeAre
      ? { requestCert: true, rejectUnauthorized: true, ca: readFileSync(file('ca.pem')) }
      : {};
    const listening = createServer((socket: Socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        socket.write(speaksTls ? 'S' : 'N');
        if (!speaksTls) return;
        const safe = new TLSSocket(socket, { isServer: true, ...secure, ...demand });
        safe.on('error', () => undefined);
        safe.on('data', () => {
          if (refusal === undefined) safe.destroy();
          else safe.end(errorResponse('28000', refusal));
        });
      });
    });
    await new Promise<void>((done) => listening.listen(0, '127.0.0.1', done));
    onTestFinished(() => void listening.close());
    return (listening.address() as AddressInfo).port;
  }

  /** As Postgres refuses somebody. */
  function errorResponse(code: string, message: string): Buffer {
    const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
    const head = Buffer.alloc(5);
    head.write('E');
    head.writeInt32BE(fields.length + 4, 1);
    return Buffer.concat([head, fields]);
  }

  const saidOf = async (mode: Mode, query: string): Promise<string> => {
    const port = await server(mode);
    const url = new Secret(`postgres://reader:hush@localhost:${port}/ehr?${query}`);
    const opened: unknown = await Session.open(url, { neighbour: 'the EHR' }).catch((error: unknown) => error);
    expect(opened).toMatchObject({ exitCode: exitCodes.unavailable });
    expect(String(opened)).not.toContain('hush');
    return String(opened);
  };

  it('of an unknown authority', async () => {
    expect(await saidOf({}, 'sslmode=verify-full')).toMatch(
      /self-signed certificate in certificate chain.*append sslrootcert=.* to EHR_URL/,
    );
  });

  it('of another authority than the one in sslrootcert', async () => {
    expect(await saidOf({}, `sslrootcert=${file('other.pem')}`)).toMatch(
      /was not issued by the authority in sslrootcert of EHR_URL/,
    );
  });

  it('of a missing authority in sslrootcert', async () => {
    expect(await saidOf({ refusal: 'come later' }, `sslrootcert=${file('ca.pem')}`)).toContain('come later');
  });

  it('for another host', async () => {
    const said = await saidOf({ certificate: 'elsewhere' }, `sslrootcert=${file('ca.pem')}`);
    expect(said).toMatch(/ehr\.example.*is for another host: use a host name of the certificate in EHR_URL/);
  });

  it('that has expired', async () => {
    const said = await saidOf({ certificate: 'expired' }, `sslrootcert=${file('ca.pem')}`);
    expect(said).toMatch(/certificate has expired.*have it renewed/);
  });

  it('of a client certificate that the server requires', async () => {
    const refusal = 'connection requires a valid client certificate';
    expect(await saidOf({ refusal }, `sslrootcert=${file('ca.pem')}`)).toMatch(
      /append sslcert=<file>&sslkey=<file> to EHR_URL/,
    );
  });

  it('which goes on with the certificate it requires', async () => {
    const ours = `sslcert=${file('reader.pem')}&sslkey=${file('reader.key')}`;
    const query = `sslrootcert=${file('ca.pem')}&${ours}`;
    expect(await saidOf({ asksWhoWeAre: true, refusal: 'come later' }, query)).toContain('come later');
  });

  it('of a server without TLS', async () => {
    expect(await saidOf({ speaksTls: false }, 'sslmode=require')).toMatch(/append sslmode=disable to EHR_URL/);
  });

  it('of a server that refuses connections without TLS', async () => {
    const refusal = 'no pg_hba.conf entry for host "10.0.0.1", user "reader", database "ehr", no encryption';
    expect(await saidOf({ refusal }, 'sslmode=no-verify')).toMatch(/put sslmode=require into EHR_URL/);
  });

  it('is a settings fault when a file in the URL went missing', async () => {
    const url = new Secret(`postgres://reader:hush@localhost:1/ehr?sslrootcert=${file('gone.pem')}`);
    const opened: unknown = await Session.open(url, { neighbour: 'the ledger' }).catch((error: unknown) => error);
    expect(opened).toMatchObject({ exitCode: exitCodes.usage });
    expect(String(opened)).toContain('sslrootcert');
  });

  it.each<[string, string]>([
    ['sslmode=prefr', 'which has an unknown sslmode=prefr'],
    ['sslmod=require', 'which has an unknown parameter sslmod'],
    ['sslRootCert=ca.pem', 'which has an unknown parameter sslRootCert'],
    ['ssl=yes', 'in ssl'],
    ['sslrootcert=system', 'sslrootcert=system'],
    ['sslrootcert=%/no-such.pem', 'in sslrootcert, and that is not there'],
    ['sslrootcert=%', 'in sslrootcert, and that is a folder'],
    ['sslrootcert=%/empty.pem', 'in sslrootcert, and that holds no certificate'],
    ['sslrootcert=%/ca.key', 'in sslrootcert, and that holds no certificate'],
    ['sslrootcert=%/torn.pem', 'in sslrootcert, and that holds a certificate that cannot be read'],
    ['sslcert=%/reader.pem', 'sslcert without sslkey'],
    ['sslkey=%/reader.key', 'sslkey without sslcert'],
    ['sslcert=%/gone.pem&sslkey=%/reader.key', 'in sslcert, and that is not there'],
    ['sslcert=%/reader.pem&sslkey=%/gone.key', 'in sslkey, and that is not there'],
    ['sslcert=%/reader.pem&sslkey=%/reader.pem', 'in sslkey, and that holds no private key'],
    ['sslcert=%/reader.pem&sslkey=%/server.key', 'in sslkey, and that does not belong to the certificate'],
  ])('%s is a settings fault with the names of variable and parameter', (query, why) => {
    writeFileSync(file('empty.pem'), '');
    writeFileSync(file('torn.pem'), '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n');
    const url = `postgres://reader:hush@ehr.example/ehr?${query.replaceAll('%', folder)}`;
    for (const [name, part] of [
      ['EHR_URL', 'ehr'],
      ['LEDGER_URL', 'ledger'],
    ] as const) {
      const { faults } = examine({ [name]: url }, { envFiles: [], requires: new Set([part]) });
      const [fault] = faults.filter((one) => one.startsWith(`${name} `));
      expect(fault).toContain(why);
      expect(fault).not.toContain('hush');
    }
  });

  it.each([
    '',
    'sslmode=verify-full&sslrootcert=%/ca.pem',
    'sslmode=disable',
    'ssl=true',
    'sslcert=%/reader.pem&sslkey=%/reader.key',
  ])('%j is no fault', (query) => {
    const url = `postgres://reader:hush@ehr.example/ehr?${query.replaceAll('%', folder)}`;
    const { values } = examine({ EHR_URL: url }, { envFiles: [], requires: new Set(['ehr']) });
    expect(values.EHR_URL).toMatchObject({ kind: 'postgres' });
  });
});

it('sslmode=no-verify accepts any certificate', async () => {
  const server = await selfSigned();
  const url = new Secret(`postgres://reader:secret@localhost:${server.port}/ehr?sslmode=no-verify`);
  await expect(Session.open(url, { neighbour: 'the EHR' })).rejects.toThrow('Could not connect to the EHR');
  expect(server.passwords()).toBe(1);
});

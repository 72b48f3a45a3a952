import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { expect, it, onTestFinished } from 'vitest';
import { Secret } from '../../src/core/secret.ts';
import { Session } from '../../src/postgres/session.ts';

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
  'sslmode=%s says nothing to a server whose certificate nobody vouches for',
  async (mode) => {
    const server = await selfSigned();
    const url = new Secret(`postgres://reader:secret@localhost:${server.port}/ehr?sslmode=${mode}`);
    await expect(Session.open(url, { neighbour: 'the EHR' })).rejects.toThrow(
      /Could not connect to the EHR .*self-signed/,
    );
    expect(server.passwords()).toBe(0);
  },
);

it('sslmode=no-verify says that any certificate will do', async () => {
  const server = await selfSigned();
  const url = new Secret(`postgres://reader:secret@localhost:${server.port}/ehr?sslmode=no-verify`);
  await expect(Session.open(url, { neighbour: 'the EHR' })).rejects.toThrow('Could not connect to the EHR');
  expect(server.passwords()).toBe(1);
});

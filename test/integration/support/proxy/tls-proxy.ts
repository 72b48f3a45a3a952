import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { Secret } from '../../../../src/secret.ts';

/** A way to a Postgres that is encrypted, with a certificate of nobody's. */
export interface TlsProxy {
  readonly url: Secret;
  /** From here on nothing passes, and no new connection is answered. */
  hang(): void;
  stop(): void;
}

export async function startTlsProxy(target: Secret): Promise<TlsProxy> {
  const pair = keyPair();
  const url = new URL(target.reveal());
  const [port, host] = [Number(url.port), url.hostname];
  const sockets = new Set<Socket>();
  let hangs = false;
  const note = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  };
  const server = createServer((near) => {
    note(near);
    if (hangs) return;
    // What comes first asks whether the server speaks TLS.
    near.once('data', () => {
      near.write('S');
      const safe = new TLSSocket(near, { isServer: true, ...pair });
      const far = connect(port, host);
      note(safe);
      note(far);
      safe.pipe(far).pipe(safe);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  url.port = String(typeof address === 'object' && address !== null ? address.port : 0);
  url.searchParams.set('sslmode', 'no-verify');
  return {
    url: new Secret(url.href),
    hang: () => {
      hangs = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

export function keyPair(): { readonly key: Buffer; readonly cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'tls-proxy-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
  execFileSync('openssl', [...request, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const pair = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  return pair;
}

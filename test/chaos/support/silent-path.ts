/** A way to a server that can fall silent: nothing gets through any more, and no connection ends. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Secret } from '../../../src/secret.ts';
import type { LedgerServer } from './ledger-server.ts';

export class SilentPath {
  readonly url: Secret;
  readonly #server: Server;
  readonly #sockets: Socket[];
  readonly #isSilent: { now: boolean };

  private constructor(url: Secret, server: Server, sockets: Socket[], isSilent: { now: boolean }) {
    this.url = url;
    this.#server = server;
    this.#sockets = sockets;
    this.#isSilent = isSilent;
  }

  static async open(to: Secret): Promise<SilentPath> {
    const url = new URL(to.reveal());
    const sockets: Socket[] = [];
    const isSilent = { now: false };
    const target = Number(url.port);
    const server = createServer((near) => {
      const far = connect(target, '127.0.0.1');
      sockets.push(near, far);
      for (const [from, into] of [
        [near, far],
        [far, near],
      ] as const) {
        from.on('data', (chunk: Buffer) => {
          if (!isSilent.now) into.write(chunk);
        });
        from.on('error', () => undefined);
        from.on('close', () => {
          if (!isSilent.now) into.destroy();
        });
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url.port = String((server.address() as AddressInfo).port);
    return new SilentPath(new Secret(url.href), server, sockets, isSilent);
  }

  /** Processes of the server's sessions through this path. */
  async serverSessions(server: LedgerServer): Promise<number[]> {
    const ports = this.#sockets.flatMap(({ localPort }) => localPort ?? []);
    const rows = await server.ask<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE client_port IN (${[0, ...ports].join(', ')})`,
    );
    return rows.map(({ pid }) => pid);
  }

  silence(): void {
    this.#isSilent.now = true;
  }

  /** Ends all connections. */
  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}

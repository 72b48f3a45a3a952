/** A TCP link between two servers, which can be cut, or fall silent for a while. */
import { connect, createServer, type Server, type Socket } from 'node:net';

export class Link {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isSilent = false;

  private constructor(port: number, server: Server) {
    this.port = port;
    this.#server = server;
  }

  static open(to: number): Promise<Link> {
    return new Promise((resolve, reject) => {
      const server = createServer();
      server.on('error', reject);
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        const link = new Link(typeof address === 'object' && address !== null ? address.port : 0, server);
        server.on('connection', (near) => {
          link.#join(near, connect(to, '127.0.0.1'));
        });
        resolve(link);
      });
    });
  }

  /** Nothing passes any more. */
  cut(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Nothing gets through any more, and neither side hears of it. */
  silence(): void {
    this.#isSilent = true;
  }

  /** The connections of before are lost; new ones get through. */
  mend(): void {
    this.#isSilent = false;
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  #join(near: Socket, far: Socket): void {
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        if (this.#isSilent) return;
        near.destroy();
        far.destroy();
      });
    }
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (chunk: Buffer) => {
        if (this.#isSilent || into.write(chunk)) return;
        from.pause();
        into.once('drain', () => from.resume());
      });
    }
  }
}

/** A way to the stand-in that notes when each message leaves a process, which its access token names. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface Post {
  /** When its first bytes passed, by `performance.now()`. */
  readonly at: number;
  readonly token: string;
}

export class CountedPath {
  readonly url: string;
  readonly posts: Post[] = [];
  #target = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(url: string, server: Server) {
    this.url = url;
    this.#server = server;
    server.on('connection', (near) => {
      this.#join(near);
    });
  }

  static async open(): Promise<CountedPath> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new CountedPath(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server);
  }

  /** Where it leads. */
  leadTo(url: string): void {
    this.#target = Number(new URL(url).port);
  }

  #join(near: Socket): void {
    const far = connect(this.#target, '127.0.0.1');
    near.on('data', (chunk: Buffer) => {
      const head = chunk.toString('latin1', 0, 4_000);
      if (!head.startsWith('POST /endpoint ')) return;
      const [, token = ''] = /^authorization: Bearer (\S+)/im.exec(head) ?? [];
      this.posts.push({ at: performance.now(), token });
    });
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

import { connect, createServer, type Socket } from 'node:net';
import { Secret } from '../../../../src/secret.ts';
import { freePort } from '../../../../src/sandbox/free-port.ts';

/**
 * What every pooler in transaction mode does, and PgBouncer does not do: each client logs in at the server itself, so the process that it is
 * told of is real, and the proxy then has all of them answered by whichever connection is free.
 */
export async function startSwappingProxy(target: Secret): Promise<{ readonly url: Secret; readonly stop: () => void }> {
  const url = new URL(target.reveal());
  const [serverHost, serverPort] = [url.hostname, Number(url.port)];
  const [port, sockets] = [await freePort(), new Set<Socket>()];
  /** Connections that are in no transaction, and whoever waits for one. */
  const free: Socket[] = [];
  const waiting: ((server: Socket) => void)[] = [];
  const giveBack = (server: Socket): void => {
    const next = waiting.shift();
    if (next === undefined) free.push(server);
    else next(server);
  };
  const answers = new Set<(from: Socket, chunk: Buffer) => void>();
  const proxy = createServer((client) => {
    const own = connect(serverPort, serverHost);
    let server: Socket | null = own;
    for (const socket of [client, own]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    const pending: Buffer[] = [];
    const take = (given: Socket): void => {
      server = given;
      for (const chunk of pending.splice(0)) given.write(chunk);
    };
    const answer = (from: Socket, chunk: Buffer): void => {
      if (server !== from) return;
      client.write(chunk);
      // ReadyForQuery, in no transaction.
      if (!chunk.subarray(-6).equals(Buffer.from([0x5a, 0, 0, 0, 5, 0x49]))) return;
      server = null;
      giveBack(from);
    };
    answers.add(answer);
    own.on('data', (chunk: Buffer) => {
      for (const one of answers) one(own, chunk);
    });
    client.on('data', (chunk: Buffer) => {
      if (server !== null) server.write(chunk);
      else if (chunk[0] !== 0x58) {
        pending.push(chunk);
        if (pending.length > 1) return;
        const given = free.shift();
        if (given === undefined) waiting.push(take);
        else take(given);
      }
    });
    client.on('close', () => void answers.delete(answer));
  });
  await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve));
  url.port = String(port);
  return {
    url: new Secret(url.href),
    stop: () => {
      proxy.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

import { readFileSync } from 'node:fs';
import { connect, createServer, Socket } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import type { Secret } from '../../src/secret.ts';
import { packageRoot } from '../../src/package-root.ts';

export const benchFolder = join(packageRoot, 'test/bench');

/** A statement of the bench's own. */
export const benchSql = (name: string): string => readFileSync(join(benchFolder, 'sql', `${name}.sql`), 'utf8');

/** The bench's own session: a bare client, so that nothing of the job is in what is measured against it. */
export async function withClient<T>(url: Secret, work: (client: pg.Client, socket: Socket) => Promise<T>): Promise<T> {
  const socket = new Socket();
  const client = new pg.Client({
    connectionString: url.reveal(),
    application_name: 'bench',
    stream: () => socket,
  });
  await client.connect();
  try {
    return await work(client, socket);
  } finally {
    await client.end();
  }
}

/**
 * `COPY (…) TO STDOUT` as psql does it, and faster: the bytes are counted as they come from the socket, and not even their frames
 * are looked at until the end. Gives their number. `onBytes` may keep them.
 */
export async function copyToNowhere(url: Secret, query: string): Promise<number> {
  return withClient(url, async (_, socket) => {
    const listeners = socket.listeners('data');
    socket.removeAllListeners('data');
    const bytes = await new Promise<number>((resolve, reject) => {
      let count = 0;
      let tail: Buffer = Buffer.alloc(0);
      socket.on('data', (chunk: Buffer) => {
        count += chunk.length;
        tail = chunk.length >= 6 ? chunk.subarray(-6) : Buffer.concat([tail, chunk]).subarray(-6);
        if (tail.equals(ready)) resolve(count);
        else if (tail.equals(failed)) reject(new Error('the COPY of the floor failed'));
      });
      socket.write(queryMessage(`COPY (\n${query}\n) TO STDOUT`));
    });
    socket.removeAllListeners('data');
    for (const listener of listeners) socket.on('data', listener as (chunk: Buffer) => void);
    return bytes;
  });
}

/** ReadyForQuery, idle: a line of COPY cannot end so, for it ends with a line break. */
const ready = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
const failed = Buffer.from([0x5a, 0, 0, 0, 5, 0x45]);

function queryMessage(text: string): Buffer {
  const body = Buffer.from(`${text}\0`);
  const head = Buffer.alloc(5, 'Q');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** A way to a server that counts what comes back; for one night beside those that are timed. */
export async function countingProxy(
  url: Secret,
): Promise<{ readonly url: string; readonly bytes: () => number; readonly close: () => Promise<void> }> {
  const target = new URL(url.reveal());
  const port = Number(target.port);
  let bytes = 0;
  const server = createServer((near) => {
    const far = connect(port, target.hostname);
    far.on('data', (chunk: Buffer) => (bytes += chunk.length));
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  target.port = String(address.port);
  return {
    url: target.href,
    bytes: () => bytes,
    close: () =>
      new Promise((resolve) =>
        server.close(() => {
          resolve();
        }),
      ),
  };
}

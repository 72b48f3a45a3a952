import { createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** One message as it came in, and the connection to answer it on. */
export interface RawRequest {
  readonly socket: Socket;
  readonly body: string;
  /** Counts from 1. */
  readonly number: number;
}

interface RawServer {
  readonly url: string;
  /** Bodies of the messages that arrived whole. */
  readonly bodies: readonly string[];
  /** How many connections were made. */
  readonly connections: () => number;
}

interface RawServerOptions {
  readonly onMessage: (request: RawRequest) => void;
  readonly onToken?: (request: RawRequest) => void;
  /** Called where a message does not come in one piece, after the first. */
  readonly onHalf?: (socket: Socket) => void;
  /** Called when a connection is made, before anything has come in. */
  readonly onConnection?: (socket: Socket, number: number) => void;
}

/** An HTTP/1.1 answer, as long as it says. */
export const http = (status: string, body = '', headers = ''): string =>
  `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

const grant = http('200 OK', JSON.stringify({ access_token: 'token-1', expires_in: 300 }));

const grantToken = ({ socket }: RawRequest): void => void socket.write(grant);

/** A server that writes any bytes at any time: what Node's own HTTP server would never say. */
export async function rawServer(options: RawServerOptions): Promise<RawServer> {
  const { onMessage, onToken = grantToken, onConnection, onHalf } = options;
  const bodies: string[] = [];
  const sockets = new Set<Socket>();
  let [connections, tokens] = [0, 0];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    let received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      const isFirst = received.length === 0;
      received = Buffer.concat([received, chunk]);
      if (isFirst && firstOf(received) === null) onHalf?.(socket);
      for (let request = firstOf(received); request !== null; request = firstOf(received)) {
        received = received.subarray(request.length);
        if (request.path.includes('oken')) {
          tokens += 1;
          onToken({ socket, body: request.body, number: tokens });
        } else {
          bodies.push(request.body);
          onMessage({ socket, body: request.body, number: bodies.length });
        }
      }
    });
    connections += 1;
    onConnection?.(socket, connections);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, bodies, connections: () => connections };
}

/** The first whole request, and how many bytes it takes; null where there is none yet. */
function firstOf(bytes: Buffer): { path: string; body: string; length: number } | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const head = bytes.subarray(0, end).toString();
  const length = end + 4 + Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
  if (bytes.length < length) return null;
  return { path: head.split(' ')[1] ?? '', body: bytes.subarray(end + 4, length).toString(), length };
}

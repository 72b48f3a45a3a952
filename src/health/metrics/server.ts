import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { UsageFault } from '../../fault.ts';
import { contentType } from './exposition.ts';

interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

interface Answers {
  /** The body of /metrics; null before the first figures. */
  readonly metrics: () => string | null;
  /** The fault in one sentence; null while all is well. */
  readonly ailment: () => string | null;
}

interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves /metrics and /healthz. Throws UsageFault if the port is unavailable. */
export async function serveMetrics({ host, port }: MetricsAddress, answers: Answers): Promise<MetricsServer> {
  const server = createServer(answerer(answers));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new UsageFault(
          `METRICS_PORT cannot be used: listening on ${host}:${port} failed (${error.code ?? 'no code'}). Choose a free port and an address of this machine.`,
          { cause: error },
        ),
      );
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

const plain = 'text/plain; charset=utf-8';

const answerer =
  ({ metrics, ailment }: Answers): RequestListener =>
  ({ method, url }, response) => {
    if (method !== 'GET' && method !== 'HEAD') {
      say(response, 405, plain, 'Only GET and HEAD.');
      return;
    }
    const path = (url ?? '').split('?')[0];
    if (path === '/healthz') {
      const wrong = ailment();
      say(response, wrong === null ? 200 : 503, plain, wrong ?? 'ok');
    } else if (path === '/metrics') {
      const text = metrics();
      say(
        response,
        text === null ? 503 : 200,
        text === null ? plain : contentType,
        text ?? 'The ledger could not be read yet.',
      );
    } else {
      say(response, 404, plain, 'Here are /metrics and /healthz.');
    }
  };

function say(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(text.endsWith('\n') ? text : `${text}\n`);
}

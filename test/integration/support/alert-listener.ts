import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { jobs } from '../../../jobs/all.ts';
import { runCommandLine } from '../../../jobs/frame/command-line.ts';
import type { Environment } from '../../../src/config/config.ts';

export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Listener {
  readonly url: string;
  /** What came since it was last asked. */
  take(): Heard[];
  /** From now on it answers so. */
  answer(status: number): void;
}

/** Whoever is woken: a server that notes what it is told. */
export async function openListener(): Promise<Listener> {
  let heard: Heard[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const parsed = body === '' ? {} : (JSON.parse(body) as Heard['body']);
      heard.push({ method: request.method ?? '', path: request.url ?? '', body: parsed });
      response.writeHead(status).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: () => {
      const taken = heard;
      heard = [];
      return taken;
    },
    answer: (next) => {
      status = next;
    },
  };
}

export interface JobEnded {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A job as the command line runs it. */
export async function runJob(argv: readonly string[], environment: Environment): Promise<JobEnded> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const said = Promise.all([text(stdout), text(stderr)]);
  const signal = new AbortController().signal;
  const exitCode = await runCommandLine(argv, { jobs, environment, stdout, stderr, signal });
  stdout.end();
  stderr.end();
  const [out, err] = await said;
  return { exitCode, stdout: out, stderr: err };
}

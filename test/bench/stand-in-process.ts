/**
 * The least that can answer like Redox, in a process of its own: it takes every POST without looking at it. The strict stand-in
 * of the sandbox validates each message, and would be what is measured.
 *
 *   argv: delay of an answer in milliseconds. It writes its port to stdout, and on SIGUSR2 the bodies of the messages that it has
 *   kept to the file that is named second.
 */
import { createWriteStream } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

const keptBodies = 5_000;
const delayMs = Number(process.argv[2]);
const file = process.argv[3] ?? '/dev/null';

const token = Buffer.from(JSON.stringify({ access_token: 'bench', token_type: 'Bearer', expires_in: 86_400 }));
const taken = Buffer.from('{"Meta":{}}');
const bodies: Buffer[] = [];

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  if (request.url !== '/endpoint') {
    request.resume();
    request.on('end', () => {
      answer(response, token);
    });
    return;
  }
  readBody(request, () => {
    if (delayMs === 0) answer(response, taken);
    else
      setTimeout(() => {
        answer(response, taken);
      }, delayMs);
  });
});

function readBody(request: IncomingMessage, done: () => void): void {
  if (bodies.length >= keptBodies) {
    request.resume();
  } else {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => void bodies.push(Buffer.concat(chunks)));
  }
  request.on('end', done);
}

const answer = (response: ServerResponse, body: Buffer): void => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
};

process.on('SIGUSR2', () => {
  const out = createWriteStream(file);
  for (const body of bodies) {
    out.write(body);
    out.write('\n');
  }
  out.end(() => process.stdout.write('written\n'));
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});

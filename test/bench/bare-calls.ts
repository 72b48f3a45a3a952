/**
 * The floor of delivery: the same bodies to the same server, 16 in flight, and nothing else. It prints calls per second.
 *
 *   argv: URL, file with a body a line, how many calls.
 */
import { readFileSync } from 'node:fs';
import { Pool } from 'undici';

const [url = '', file = '', calls = '0'] = process.argv.slice(2);
const bodies = readFileSync(file, 'utf8').trimEnd().split('\n');
const inFlight = 16;
const pool = new Pool(url, { connections: inFlight, pipelining: 1 });
const headers = { 'content-type': 'application/json', accept: 'application/json', authorization: 'Bearer bench' };

let next = 0;
async function lane(): Promise<void> {
  while (next < Number(calls)) {
    const body = bodies[next % bodies.length] ?? '';
    next += 1;
    const answer = await pool.request({ path: '/endpoint', method: 'POST', headers, body });
    await answer.body.dump();
  }
}

const startedAt = performance.now();
await Promise.all(Array.from({ length: inFlight }, lane));
process.stdout.write(`${(Number(calls) / (performance.now() - startedAt)) * 1000}\n`);
await pool.close();

// The night as an activity of Temporal. In the workflow: proxyActivities({ startToCloseTimeout: '20h', heartbeatTimeout: '30s',
// retry: { initialInterval: '1m', maximumInterval: '5m' } }), and `due` is the time at which its schedule was to start it, as ISO 8601.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ApplicationFailure, Context } from '@temporalio/activity';

/** What a repetition would say again. `ledger_held` is none of it: another start is at work. */
const isFinal = (code, reason) => [64, 70, 75].includes(code) && reason !== 'ledger_held';

export async function nightly(envFile, due) {
  const context = Context.current();
  const flags = ['nightly', '--due', due, '--once', '--wait', '10m', '--env-file', envFile];
  const child = spawn('redox-reconcile', flags, { stdio: ['ignore', 'ignore', 'pipe'] });
  context.cancellationSignal.addEventListener('abort', () => child.kill('SIGTERM'));
  const heartbeat = setInterval(() => context.heartbeat(), 10_000);
  let reason = 'killed';
  createInterface({ input: child.stderr }).on('line', (line) => {
    process.stderr.write(`${line}\n`);
    if (line.includes('"event":"job_ended"')) reason = JSON.parse(line).reason;
  });
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  }).finally(() => clearInterval(heartbeat));
  // 2: lines for a person; 3: stopped by a limit, or by the cancellation.
  if ([0, 2, 3].includes(code)) return { code, reason };
  const message = `nightly ended with ${code ?? 'a signal'}: ${reason}`;
  throw ApplicationFailure.create({ message, type: reason, nonRetryable: isFinal(code, reason) });
}

/** Holds three locks of a server, each as a run may: idle, in a long statement, and with the client asking again and again. Ends only by a kill. */
import { Secret } from '../../../src/secret.ts';
import { Session } from '../../../src/postgres/session.ts';

const url = new Secret(process.argv[2] ?? '');
for (const [key, mode] of ['idle', 'in a long statement', 'asked again and again'].entries()) {
  const session = await Session.open(url, { neighbour: 'the ledger', settings: { application_name: mode } });
  await session.query('a lock', 'SELECT pg_advisory_lock($1)', [key]);
  if (mode === 'in a long statement') session.query('a long statement', 'SELECT pg_sleep(3600)').catch(() => undefined);
  if (mode === 'asked again and again') session.watch(5_000, 3_600_000);
}
process.stdout.write('held\n');

/** A visit that ends the process whenever its message is built: each night gets further than the one before. */
import { expect, test } from 'vitest';
import { addPatients, largeSite, type LargeSite } from '../ehr/large-site.ts';

/** As a native crash would, when the message with this word is written. */
const killer = `
  const stringify = JSON.stringify;
  JSON.stringify = (...given) => {
    const text = stringify(...given);
    if (text?.includes('Deadly')) process.kill(process.pid, 'SIGKILL');
    return text;
  };`;

const settings = {
  CALL_TIMEOUT: '1s',
  CONCURRENCY: '4',
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(killer)}`,
};

async function nightThatDies({ night }: LargeSite): Promise<string> {
  const job = night.start('nightly', '--allow-large-change');
  const { stderr } = await job.ended;
  expect(job.process.signalCode, stderr).toBe('SIGKILL');
  await night.pass();
  return stderr;
}

const hasVisit = ({ night }: LargeSite, id: string): boolean =>
  [...night.standIn.state().documents.keys()].some((document) => document.endsWith(`^${id}`));

const visitsAtRedox = ({ night }: LargeSite): number => night.standIn.state().documents.size;

test('persons whose calls a dead run was building go last, one at a time', async () => {
  const site = await largeSite(36, settings);
  await site.sql("UPDATE visit SET reason = 'Deadly' WHERE encounter_id = 'v1'");
  await nightThatDies(site);
  const first = visitsAtRedox(site);
  expect(first).toBeLessThan(36);

  await site.sql(addPatients(101, 110));
  const second = await nightThatDies(site);
  expect(second).toContain('"event":"calls_alone"');
  for (let number = 101; number <= 110; number += 1) expect(hasVisit(site, `v${number}`)).toBe(true);

  const third = await nightThatDies(site);
  expect(third).toMatch(/"event":"calls_alone".*"patient_id":"p1"/);
  expect([visitsAtRedox(site), site.night.standIn.state().patients.size]).toEqual([45, 46]);

  await site.sql("UPDATE visit SET reason = 'Harmless' WHERE encounter_id = 'v1'");
  expect((await site.night.nightly()).exitCode).toBe(0);
  expect(visitsAtRedox(site)).toBe(46);
  expect(await site.night.ledger.query('suspects', 'SELECT FROM redox_reconcile.suspect')).toMatchObject({ rows: [] });
});

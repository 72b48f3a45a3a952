/** What becomes of rows of which a start finds calls in flight: their process may only be paused, and its message still arrive. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Fault as Rule } from '../../../src/sandbox/redox/fault/fault.ts';
import { calls, type ClinicNight, found, playedClinic, syncedClinic } from '../support/clinic-night.ts';
import { documentOid } from '../redox/stand-in-client.ts';

/** A night dies while Redox keeps the answer of one call to itself. */
async function dies({ night }: ClinicNight, when: Rule['when']): Promise<void> {
  const { standIn, ledger } = night;
  standIn.misbehave([{ kind: 'hang', taken: true, when }]);
  const taken = (): string => JSON.stringify(standIn.requests().takenByEvent);
  const before = taken();
  const running = expect(night.nightly()).rejects.toMatchObject({ exitCode: 69 });
  while (taken() === before) await sleep(2);
  await ledger.query(
    'an accident',
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  const endedAt = performance.now();
  await running;
  expect(performance.now() - endedAt).toBeLessThan(100_000);
  standIn.misbehave([]);
}

interface Interrupted {
  readonly site: ClinicNight;
  readonly patient: string;
  readonly others: readonly string[];
}

/** A POST that is not aborted when the lock's session is lost hangs for as long. */
const longTimeout = { CALL_TIMEOUT: '300s' };

/** The update of a patient was in flight when a night died. */
async function interrupt(site: ClinicNight): Promise<void> {
  const [patient] = await site.somePatients();
  await site.clinic.renamePatient(patient, 'Renamed');
  await dies(site, { patientId: await site.mrnOf(patient) });
}

const interrupted = async (): Promise<Interrupted> =>
  withPatients(await playedClinic('interrupted', interrupt, longTimeout));

/** The next night got an answer for it. */
const answered = async (): Promise<Interrupted> => {
  const play = async (site: ClinicNight): Promise<void> => {
    await interrupt(site);
    await site.night.pass();
    await site.night.nightly();
  };
  return withPatients(await playedClinic('interrupted_and_answered', play, longTimeout));
};

async function withPatients(site: ClinicNight): Promise<Interrupted> {
  const [patient, ...others] = await site.somePatients();
  return { site, patient, others };
}

describe('a row with a call found in flight', () => {
  it('is sent once more by the run after the one that got its answer', async () => {
    const { site, patient } = await interrupted();
    await site.night.pass();
    expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${patient} accepted`]);
    // The dead process goes on: what it was about to send arrives after all.
    const stored = site.night.standIn.state().patients.get(await site.mrnOf(patient));
    Object.assign(stored?.demographics ?? {}, { LastName: 'Stale' });
    const again = await site.night.intraday();
    expect(calls(again)).toEqual([`PatientUpdate ${patient} accepted sent_again`]);
    expect([again.exitCode, found(again)]).toEqual([0, []]);
    expect(again.summary.patients).toMatchObject({ due: 0, new: 0, changed: 0 });
    await site.expectRedoxIsTrue();
    expect((await site.night.nightly()).posts).toBe(0);
  });

  it('is a visit as well, sent by resend with another version', async () => {
    const site = await syncedClinic();
    const [patient] = await site.somePatients();
    await site.visit('9001', patient);
    await dies(site, { documentId: `${documentOid}^9001` });
    await site.night.pass();
    const first = await site.night.nightly();
    expect(calls(first)).toEqual(['VisitPush 9001 accepted']);
    const again = await site.night.resend();
    expect(calls(again)).toEqual(['VisitPush 9001 accepted sent_again']);
    expect(found(again)).toEqual([]);
  });

  it('stays to be sent through --plan-only, until apply sends it', async () => {
    const { site, patient } = await answered();
    const plan = await site.night.nightly({ planOnly: true });
    expect(plan.posts).toBe(0);
    expect(calls(await site.night.apply(plan.runId))).toEqual([`PatientUpdate ${patient} accepted sent_again`]);
    expect((await site.night.nightly()).posts).toBe(0);
  });

  it('stays to be sent after a stopped run or a refusal', async () => {
    const { site, patient } = await answered();
    expect((await site.night.nightly({ maxCalls: 0 })).posts).toBe(0);
    site.night.standIn.misbehave([{ kind: 'status', status: 429 }]);
    await site.night.nightly();
    site.night.standIn.misbehave([]);
    expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${patient} accepted`]);
  });

  it('is sent twice more when the sending run dies too', async () => {
    const { site, patient } = await answered();
    await dies(site, { patientId: await site.mrnOf(patient) });
    await site.night.pass();
    expect((await site.night.nightly()).posts).toBe(1);
    expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${patient} accepted sent_again`]);
    expect((await site.night.nightly()).posts).toBe(0);
  });

  it('is sent as forced by --force, once', async () => {
    const { site, patient } = await answered();
    const rows = async function* (): AsyncGenerator<{ entity: 'patient'; id: string }> {
      yield await Promise.resolve({ entity: 'patient', id: patient });
    };
    const forced = await site.night.rerun({ kind: 'only', rows }, { forced: true });
    expect(found(forced)).toEqual([`forced patient ${patient}`]);
    expect((await site.night.nightly()).posts).toBe(0);
  });

  it('is not sent again under UNKNOWN_OUTCOME=hold', async () => {
    const { site, patient } = await answered();
    const hold = { settings: { UNKNOWN_OUTCOME: 'hold' } };
    expect((await site.night.nightly(hold)).posts).toBe(0);
    await site.clinic.renamePatient(patient, 'Again');
    await dies(site, { patientId: await site.mrnOf(patient) });
    await site.night.pass();
    expect((await site.night.nightly(hold)).posts).toBe(0);
    expect((await site.night.resend({ ...hold, includesHeld: true })).posts).toBe(1);
    expect((await site.night.nightly()).posts).toBe(0);
  });
});

describe('while a call of a dead run can be in flight', () => {
  it("only that person's calls wait, and go last", async () => {
    const { site, patient, others } = await interrupted();
    for (const other of others) await site.clinic.renamePatient(other, 'Renamed as well');
    await site.night.pass(60_000);
    const before = site.night.standIn.requests().posts;
    const running = site.night.nightly();
    while (site.night.standIn.requests().posts < before + others.length) await sleep(5);
    await site.night.ledger.query('less time', "UPDATE in_flight SET ends_at = clock_timestamp() + interval '100 ms'");
    const night = await running;
    expect([night.exitCode, night.posts]).toEqual([0, others.length + 1]);
    const inOrder = night
      .csv('calls')
      .toSorted((one, other) => ((one['sending_at'] ?? '') < (other['sending_at'] ?? '') ? -1 : 1));
    expect(inOrder.at(-1)?.['entity_id']).toBe(patient);
    expect(site.night.logged()).toContain('"event":"calls_wait"');
  });

  it('a signal and --until end the wait, and the next run continues', async () => {
    const { site, patient } = await interrupted();
    await site.night.pass(60_000);
    const until = await site.night.nightly({ until: new Date(Date.now() + 700) });
    expect([until.exitCode, calls(until)]).toEqual([3, [`PatientUpdate ${patient} not_started`]]);
    const stop = new AbortController();
    setTimeout(() => {
      stop.abort('SIGTERM');
    }, 700);
    expect((await site.night.nightly({ signal: stop.signal })).exitCode).toBe(3);
    await site.night.ledger.query('an hour', "UPDATE in_flight SET ends_at = ends_at - interval '1 hour'");
    expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${patient} accepted`]);
  });
});

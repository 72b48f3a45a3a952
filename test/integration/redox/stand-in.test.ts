import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/json.ts';
import type { Fault } from '../../../src/sandbox/redox/fault/fault.ts';
import type { StandIn, StandInOptions } from '../../../src/sandbox/redox/stand-in.ts';
import {
  askForToken,
  change,
  directoryId,
  documentOid,
  errorsOf,
  json,
  organizationOid,
  post,
  send,
  sign,
  startTestStandIn,
  tokenOf,
  type Received,
} from './stand-in-client.ts';
import {
  newPatient,
  organizationNew,
  organizationUpdate,
  patientMerge,
  patientUpdate,
  visitPush,
} from './stand-in-messages.ts';

let redox: StandIn;
let token: string;

async function start(options: Partial<StandInOptions> = {}): Promise<void> {
  redox = await startTestStandIn(options);
  token = await tokenOf(redox.url);
}
beforeEach(() => start());
afterEach(() => redox.close());

const deliver = (message: JsonObject): Promise<Received> => post(redox.url, token, message);

async function accepted(...messages: readonly JsonObject[]): Promise<void> {
  for (const message of messages) expect(errorsOf(await deliver(message))).toEqual([]);
}

async function objection(message: JsonObject): Promise<string | undefined> {
  const received = await deliver(message);
  expect(received.status).toBe(400);
  return errorsOf(received)[0];
}

const ownerOf = (id: string): string | undefined => redox.state().documents.get(`${documentOid}^${id}`)?.patientId;
const patient = (id: string) => redox.state().patients.get(id);

describe('the repository', () => {
  it('creates a patient, and replaces one that it holds', async () => {
    await accepted(newPatient('P1'), change(newPatient('P1'), 'Patient.Demographics.LastName', 'Other'));
    expect(patient('P1')).toMatchObject({ newCount: 2, updateCount: 0, mergedInto: null });
    expect(patient('P1')?.demographics['LastName']).toBe('Other');
  });

  it('updates only a patient that it has', async () => {
    await accepted(newPatient('P1'), patientUpdate('P1'));
    expect(patient('P1')).toMatchObject({ newCount: 1, updateCount: 1 });
    expect(await objection(patientUpdate('p1'))).toContain('must name a patient that the repository holds');
    expect(redox.state().patients.size).toBe(1);
  });

  it('stores a document only under a patient that it has', async () => {
    expect(await objection(visitPush('V1', 'P1'))).toContain('Header.Patient.Identifiers');
    await accepted(newPatient('P1'), visitPush('V1', 'P1'));
    expect(ownerOf('V1')).toBe('P1');
  });

  it("replaces a document, and moves it to the new one's patient", async () => {
    await accepted(newPatient('P1'), newPatient('P2'), visitPush('V1', 'P1'), visitPush('V1', 'P2'));
    expect(redox.state().documents.size).toBe(1);
    expect(redox.state().documents.get(`${documentOid}^V1`)).toMatchObject({ patientId: 'P2', versionCount: 2 });
    await accepted(newPatient('P3'), patientMerge('P1', 'P3'));
    expect(ownerOf('V1')).toBe('P2');
  });

  it('moves documents to the survivor, also along a chain', async () => {
    await accepted(newPatient('A'), newPatient('B'), newPatient('C'), visitPush('V1', 'A'), visitPush('V2', 'B'));
    await accepted(patientMerge('A', 'B'));
    expect([ownerOf('V1'), ownerOf('V2')]).toEqual(['B', 'B']);
    await accepted(patientMerge('B', 'C'));
    expect([ownerOf('V1'), ownerOf('V2')]).toEqual(['C', 'C']);
    expect({ A: patient('A')?.mergedInto, B: patient('B')?.mergedInto, C: patient('C')?.mergedInto }).toEqual({
      A: 'B',
      B: 'C',
      C: null,
    });
  });

  it('takes the same merge twice', async () => {
    await accepted(newPatient('A'), newPatient('B'), patientMerge('A', 'B'), patientMerge('A', 'B'));
  });

  it('refuses a merge of absent patients, and merges nothing', async () => {
    await accepted(newPatient('A'), newPatient('B'), newPatient('C'));
    expect(await objection(patientMerge('A', 'X'))).toContain('Patient.Identifiers');
    expect(await objection(patientMerge('X', 'A'))).toContain('Patient.PreviousIdentifiers');
    const both = [...identifiers('A'), ...identifiers('X')];
    await objection(change(patientMerge('A', 'B'), 'Patient.PreviousIdentifiers', both));
    expect(patient('A')?.mergedInto).toBeNull();
    await accepted(patientMerge('A', 'B'));
    expect(await objection(patientMerge('A', 'C'))).toContain('Patient.PreviousIdentifiers');
    expect(await objection(patientMerge('C', 'A'))).toContain('Patient.Identifiers');
  });

  it('drops a retired patient until a NewPatient', async () => {
    await accepted(newPatient('A'), newPatient('B'), visitPush('V1', 'A'), patientMerge('A', 'B'));
    await objection(patientUpdate('A'));
    await objection(visitPush('V1', 'A'));
    await accepted(newPatient('A'), patientUpdate('A'));
    expect(ownerOf('V1')).toBe('B');
    await accepted(visitPush('V1', 'A'));
    expect(ownerOf('V1')).toBe('A');
  });

  it('keeps nothing of a message that it refuses', async () => {
    await deliver(change(newPatient('P1'), 'Patient.Demographics.Sex', 'M'));
    await deliver(change(newPatient('P1'), 'Meta.Destinations', [{ ID: 'elsewhere' }]));
    await post(redox.url, 'no token', newPatient('P1'));
    expect(redox.state().patients.size).toBe(0);
  });
});

const identifiers = (id: string) =>
  (newPatient(id)['Patient'] as { Identifiers: readonly JsonObject[] }).Identifiers.slice(0, 1);

describe('the directory', () => {
  const detailOf = (received: Received): unknown =>
    (json(received) as { Meta: { Extensions: { ResponseDetail: { string: string } } } }).Meta.Extensions.ResponseDetail
      .string;

  it('adds, updates and deactivates an organization', async () => {
    expect(detailOf(await deliver(organizationNew()))).toBe('New organization was added successfully.');
    const update = change(organizationUpdate(), 'Organizations.0.Active', false);
    expect(detailOf(await deliver(update))).toBe(
      `Organization with id:${organizationOid} has been updated successfully.`,
    );
    expect(redox.state().organizations.get(organizationOid)).toMatchObject({ active: false, versionCount: 2 });
  });

  it('refuses New of a known OID, and Update of an unknown one', async () => {
    const unknown = await deliver(organizationUpdate());
    expect([unknown.status, errorsOf(unknown)]).toEqual([403, [`id:${organizationOid} is not valid.`]]);
    await deliver(organizationNew());
    const known = await deliver(organizationNew());
    expect([known.status, errorsOf(known)]).toEqual([403, [`${organizationOid} already exists.`]]);
  });

  it('wants a contact of an implementer', async () => {
    const without = change(organizationNew(), 'Organizations.0.Contacts', undefined);
    expect(errorsOf(await deliver(without))).toEqual(['Failed to parse request body as XML resource.']);
    await accepted(change(without, 'Organizations.0.Type', undefined));
  });

  it.each([
    ['Meta.Destinations', [{ ID: directoryId }, { ID: directoryId }], 'exactly one destination'],
    ['Directory', 'eHealth Exchange', 'must be one of Carequality'],
    ['Action', 'Delete', 'must be one of Create'],
    ['Organizations', [], 'must have an entry'],
    ['Organizations.0.Identifiers', [{ ID: organizationOid, IDType: 'HCID' }], 'IDType is OID'],
    ['Organizations.0.PartOf', undefined, 'Required field missing'],
    ['Organizations.0.PartOf.Identifier.Value', organizationOid, 'must be the parent'],
    ['Organizations.0.Identifiers.0.ID', '1.2.3', 'must be the parent'],
    ['Organizations.0.Contacts.0.PhoneNumber', { Office: '+16085550000' }, 'is not a field'],
  ])('refuses a message with another %s', async (path, value, text) => {
    expect(await objection(change(organizationNew(), path, value))).toContain(text);
  });

  it('needs an Action in Update, and not in New', async () => {
    await accepted(change(organizationNew(), 'Action', undefined));
    expect(await objection(change(organizationUpdate(), 'Action', undefined))).toContain('missing - Action');
  });

  it('is a destination of its own', async () => {
    expect((await deliver(change(newPatient(), 'Meta.Destinations', [{ ID: directoryId }]))).status).toBe(403);
    const astray = change(organizationNew(), 'Meta.Destinations', [{ ID: 'elsewhere' }]);
    expect((await deliver(astray)).status).toBe(403);
  });
});

describe('the rate limit', () => {
  it('refuses a call above the limit until the window moves on', async () => {
    let now = Date.now();
    await redox.close();
    await start({ rateLimit: { calls: 3, windowMs: 1000 }, now: () => new Date(now) });
    const statuses = async (count: number): Promise<readonly number[]> => {
      const received = [];
      for (let call = 0; call < count; call += 1) received.push((await deliver(newPatient())).status);
      return received;
    };
    expect(await statuses(2)).toEqual([200, 200]);
    now += 500;
    expect(await statuses(2)).toEqual([200, 429]);
    expect((await deliver(newPatient())).headers['x-ratelimit-limit']).toBe('3');
    now += 500;
    expect(await statuses(3)).toEqual([200, 200, 429]);
  });
});

describe('misbehaviour', () => {
  const failure = async (call: Promise<unknown>): Promise<string> => {
    const error: unknown = await call.then(
      () => null,
      (reason: unknown) => reason,
    );
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  };
  const holds = (id = 'P1'): boolean => redox.state().patients.has(id);

  it('answers another status, and drops the message', async () => {
    redox.misbehave([{ kind: 'status', status: 503, body: 'down', headers: { 'retry-after': '1' } }]);
    const received = await deliver(newPatient());
    expect({ status: received.status, text: received.text, retryAfter: received.headers['retry-after'] }).toEqual({
      status: 503,
      text: 'down',
      retryAfter: '1',
    });
    expect(holds()).toBe(false);
  });

  it('answers 200 with Meta.Errors, and drops the message', async () => {
    redox.misbehave([{ kind: 'meta_errors', text: 'No.' }]);
    const received = await deliver(newPatient());
    expect({ status: received.status, errors: errorsOf(received), isHeld: holds() }).toEqual({
      status: 200,
      errors: ['No.'],
      isHeld: false,
    });
  });

  it('takes the message, and answers nothing readable', async () => {
    redox.misbehave([{ kind: 'empty_200', when: { times: 1 } }, { kind: 'unreadable_200' }]);
    const empty = await deliver(newPatient('P1'));
    expect({ status: empty.status, text: empty.text, isHeld: holds('P1') }).toEqual({
      status: 200,
      text: '',
      isHeld: true,
    });
    const unreadable = await deliver(newPatient('P2'));
    expect([unreadable.status, holds('P2')]).toEqual([200, true]);
    expect(() => json(unreadable)).toThrow(SyntaxError);
  });

  it('answers late', async () => {
    redox.misbehave([{ kind: 'delay', ms: 50 }]);
    const startedAt = performance.now();
    expect((await deliver(newPatient())).status).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(45);
  });

  it('never answers, and closes all the same', async () => {
    redox.misbehave([
      { kind: 'hang', when: { times: 1 } },
      { kind: 'hang', taken: true },
    ]);
    const calls = [failure(deliver(newPatient('P1'))), failure(deliver(newPatient('P2')))];
    await expect.poll(() => redox.requests().inFlight).toBe(2);
    await expect.poll(() => redox.state().patients.size).toBe(1);
    await redox.close();
    expect(await Promise.all(calls)).toEqual(['UND_ERR_SOCKET', 'UND_ERR_SOCKET']);
    await start();
  });

  it('breaks the connection before or after accepting', async () => {
    redox.misbehave([{ kind: 'reset_before', when: { times: 1 } }, { kind: 'reset_after' }]);
    expect(await failure(deliver(newPatient('P1')))).toBe('ECONNRESET');
    expect(await failure(deliver(newPatient('P2')))).toBe('ECONNRESET');
    expect([holds('P1'), holds('P2')]).toEqual([false, true]);
  });

  it('accepts the message and answers as if it had not', async () => {
    redox.misbehave([{ kind: 'status_after', status: 504 }]);
    expect((await deliver(newPatient())).status).toBe(504);
    expect(holds()).toBe(true);
  });

  it("repeats the patient's values in a refusal", async () => {
    redox.misbehave([{ kind: 'echo_400' }]);
    for (const message of [newPatient(), visitPush()]) {
      const text = (await objection(message)) ?? '';
      for (const value of ['Timothy', 'Bixby', '2008-01-06', '+18088675301', 'P1']) expect(text).toContain(value);
    }
    expect(holds()).toBe(false);
  });

  it('lets all tokens die once', async () => {
    redox.misbehave([{ kind: 'expire_tokens' }]);
    expect((await deliver(newPatient())).status).toBe(401);
    token = await tokenOf(redox.url);
    expect((await deliver(newPatient())).status).toBe(200);
  });

  it('refuses tokens, or breaks at the token endpoint', async () => {
    redox.misbehave([
      { kind: 'refuse_token', status: 500, description: 'busy', when: { times: 1 } },
      { kind: 'reset_before', when: { endpoint: 'token' } },
    ]);
    const received = await askForToken(redox.url, await sign());
    expect([received.status, json(received)]).toMatchObject([500, { error_description: 'busy' }]);
    expect(await failure(askForToken(redox.url, await sign()))).toBe('ECONNRESET');
    expect((await deliver(newPatient())).status).toBe(200);
  });

  it('picks messages by event, patient, document and count', async () => {
    await accepted(newPatient('P1'), newPatient('P2'));
    const statusesUnder = async (fault: Fault, messages: readonly JsonObject[]): Promise<readonly number[]> => {
      redox.misbehave([fault]);
      const received = [];
      for (const message of messages) received.push((await deliver(message)).status);
      return received;
    };
    const messages = [newPatient('P1'), visitPush('V1', 'P1'), visitPush('V2', 'P2'), patientUpdate('P2')];
    const status = { kind: 'status', status: 500 } as const;
    expect(await statusesUnder({ ...status, when: { eventType: 'VisitPush' } }, messages)).toEqual([
      200, 500, 500, 200,
    ]);
    expect(await statusesUnder({ ...status, when: { patientId: 'P2' } }, messages)).toEqual([200, 200, 500, 500]);
    const documentId = `${documentOid}^V2`;
    expect(await statusesUnder({ ...status, when: { documentId } }, messages)).toEqual([200, 200, 500, 200]);
    expect(await statusesUnder({ ...status, when: { nth: 2, every: 2 } }, messages)).toEqual([200, 500, 200, 500]);
    expect(await statusesUnder({ ...status, when: { nth: 2, times: 2 } }, messages)).toEqual([200, 500, 500, 200]);
  });

  it('mixes faults at random, the same for the same seed', async () => {
    const statuses = async (): Promise<readonly number[]> => {
      redox.misbehave([
        {
          kind: 'random',
          seed: 7,
          mix: [
            { probability: 0.3, fault: { kind: 'status', status: 502 } },
            { probability: 0.3, fault: { kind: 'status', status: 504 } },
          ],
        },
      ]);
      const received = [];
      for (let call = 0; call < 40; call += 1) received.push((await deliver(newPatient())).status);
      return received;
    };
    const first = await statuses();
    expect(new Set(first)).toEqual(new Set([200, 502, 504]));
    expect(await statuses()).toEqual(first);
  });
});

describe('looking inside', () => {
  const get = async (path: string): Promise<unknown> => json(await send(`${redox.url}${path}`, { method: 'GET' }));

  it('shows what is held, and how much', async () => {
    await accepted(newPatient('A'), newPatient('B'), visitPush('V1', 'A'), patientMerge('A', 'B'));
    expect(await get('/state')).toMatchObject({
      patients: { A: { mergedInto: 'B' }, B: { mergedInto: null } },
      documents: { [`${documentOid}^V1`]: { patientId: 'B', message: visitPush('V1', 'A') } },
      organizations: {},
    });
    expect(await get('/state?counts')).toMatchObject({ patients: 1, retired: 1, documents: 1, organizations: 0 });
  });

  it('takes rules over HTTP, and refuses invalid ones', async () => {
    const misbehave = (rules: unknown): Promise<Received> =>
      send(`${redox.url}/misbehave`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(rules),
      });
    expect((await misbehave([{ kind: 'status', status: 500, when: { times: 1 } }])).status).toBe(204);
    expect((await deliver(newPatient())).status).toBe(500);
    expect((await misbehave([{ kind: 'staus', status: 500 }])).status).toBe(400);
    expect((await misbehave([{ kind: 'status', status: 500, wen: {} }])).status).toBe(400);
    expect((await misbehave([])).status).toBe(204);
    expect((await deliver(newPatient())).status).toBe(200);
  });

  it('is controlled over HTTP as by its methods', async () => {
    const control = async (path: string, body: unknown): Promise<number> => {
      const headers = { 'content-type': 'application/json' };
      return (await send(`${redox.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).status;
    };
    expect(await control('/travel', { paused: ['PatientAdmin'], isQueued: true })).toBe(204);
    await accepted(newPatient('A'));
    expect(redox.state().patients.size).toBe(0);
    expect([await control('/resume', null), await control('/travel', {})]).toEqual([204, 204]);
    expect(await control('/tamper', { kind: 'forget_patient', patientId: 'A' })).toBe(204);
    expect(redox.state().patients.size).toBe(0);
    expect(await control('/answers', { refusals: 'meta_errors' })).toBe(204);
    expect([await control('/answers', { refusal: 1 }), await control('/tampers', {})]).toEqual([400, 404]);
  });

  it('counts requests', async () => {
    redox.misbehave([{ kind: 'delay', ms: 500 }]);
    await Promise.all(Array.from({ length: 8 }, (_, index) => deliver(newPatient(`P${index}`))));
    await deliver(visitPush('V1', 'unknown'));
    const requests = redox.requests();
    expect(requests).toMatchObject({
      tokenRequests: 1,
      posts: 9,
      postedByEvent: { NewPatient: 8, VisitPush: 1 },
      takenByEvent: { NewPatient: 8 },
      answersByStatus: { '200': 8, '400': 1 },
    });
    expect(requests.postTimes).toHaveLength(9);
    expect([requests.maxInFlight, requests.inFlight]).toEqual([8, 0]);
  });

  it('forgets everything but tokens on reset', async () => {
    await accepted(newPatient('P1'), visitPush('V1', 'P1'), organizationNew());
    redox.misbehave([{ kind: 'status', status: 500 }]);
    redox.reset();
    const { patients, documents, organizations } = redox.state();
    expect({
      patients: patients.size,
      documents: documents.size,
      organizations: organizations.size,
      posts: redox.requests().posts,
    }).toEqual({ patients: 0, documents: 0, organizations: 0, posts: 0 });
    expect((await deliver(newPatient())).status).toBe(200);
  });

  it('listens on the loopback interface only', () => {
    expect(redox.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});

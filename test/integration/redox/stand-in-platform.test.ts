import { exportJWK, generateKeyPair } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/json.ts';
import { logShapes } from '../../log-shapes.ts';
import type { Fate } from '../../../src/sandbox/redox/platform/queues.ts';
import type { StandIn } from '../../../src/sandbox/redox/stand-in.ts';
import { documentOid, json, post, send, startTestStandIn, tokenOf, type Received } from './stand-in-client.ts';
import { newPatient, patientMerge, visitPush } from './stand-in-messages.ts';

const userKey = await generateKeyPair('ES384', { extractable: true });
const user = 'user-level-client';

let redox: StandIn;
let token: string;
let userToken: string;

beforeEach(async () => {
  redox = await startTestStandIn({
    platform: {
      organizationId: '77',
      environmentId: 'environment',
      clientId: user,
      keys: [{ kid: 'user', publicKey: await exportJWK(userKey.publicKey) }],
    },
  });
  token = await tokenOf(redox.url);
  userToken = await tokenOf(redox.url, {
    key: userKey.privateKey,
    header: { kid: 'user', alg: 'ES384' },
    claims: { iss: user, sub: user },
  });
});
afterEach(() => redox.close());

/** The log's id of an accepted message. */
async function logOf(message: JsonObject, fate?: Fate): Promise<string> {
  redox.misbehave(fate === undefined ? [] : [{ kind: 'inside', ...fate }]);
  const received = await post(redox.url, token, message);
  expect(received.status).toBe(200);
  return (json(received) as { Meta: { Logs: { ID: string }[] } }).Meta.Logs[0]?.ID ?? '';
}

const authorized = (): Record<string, string> => ({
  'content-type': 'application/json',
  authorization: `Bearer ${userToken}`,
});

const search = (body: JsonValue, query = '_count=50', headers = authorized()): Promise<Received> =>
  send(`${redox.url}/platform/v1/environments/environment/logs/search/metadata?${query}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });

const one = (id: string, query = ''): Promise<Received> =>
  send(`${redox.url}/platform/v1/organizations/77/logs/${id}${query}`, { method: 'GET', headers: authorized() });

interface FoundLog {
  readonly id: string;
  readonly status: string;
}
interface Found {
  readonly meta: { readonly page: { readonly links: { readonly next?: string } } };
  readonly payload: { readonly result: readonly FoundLog[] };
}

async function statusOf(id: string, dataMode = 'realtime'): Promise<string | undefined> {
  const found = json(await search({ dataMode })) as Found;
  return found.payload.result.find((log) => log.id === id)?.status;
}

describe('the logs', () => {
  it('are open to user-level tokens only', async () => {
    expect((await search({}, '', { ...authorized(), authorization: `Bearer ${token}` })).status).toBe(401);
    expect((await post(redox.url, userToken, newPatient())).status).toBe(401);
    expect((await search({})).status).toBe(200);
  });

  it('are paged by a cursor, fifty at most', async () => {
    for (let n = 0; n < 53; n += 1) await logOf(newPatient(`P${n}`));
    const first = json(await search({ dataModel: 'PatientAdmin' }, '_count=1000')) as Found;
    const next = first.meta.page.links.next ?? '';
    const last = json(await search({ dataModel: 'PatientAdmin' }, next.split('?')[1])) as Found;
    expect([first.payload.result.length, last.payload.result.length]).toEqual([50, 3]);
    expect(last.meta.page.links.next).toBeUndefined();
    expect(json(await search({ dataModel: 'Clinical Summary' }))).toMatchObject({ payload: { result: [] } });
  });

  it('give each fate its own status, and the repository what it stored', async () => {
    const failed = await logOf(newPatient('P1'), { fate: 'failed', code: '502' });
    const filtered = await logOf(newPatient('P2'), { fate: 'filtered' });
    const lost = await logOf(newPatient('P3'), { fate: 'lost' });
    const unseen = await logOf(newPatient('P4'), { fate: 'unseen' });
    const hidden = await logOf(newPatient('P5'), { fate: 'hidden' });
    const backfill = await logOf(newPatient('P6'), { fate: 'backfill' });
    expect(await Promise.all([failed, filtered, lost, unseen, hidden, backfill].map((id) => statusOf(id)))).toEqual([
      'failed',
      'filtered',
      'succeeded',
      undefined,
      undefined,
      undefined,
    ]);
    expect(await statusOf(backfill, 'backfill')).toBe('succeeded');
    expect([...redox.state().patients.keys()]).toEqual(['P5', 'P6']);
    expect([(await one(unseen)).status, (await one(backfill)).status]).toEqual([404, 404]);
    expect((await one(backfill, '?dataMode=backfill')).status).toBe(200);
  });

  it.each<readonly [keyof typeof logShapes, object]>([
    ['current', { payload: { result: { attempts: { latest: { operations: [{}, { code: '502' }] } } } } }],
    ['older', { payload: { status: 'failed', attempts: { latest: { failedStage: 'receive-request' } } } }],
    ['unknown', { data: { found: { status: 'FAILED' } } }],
  ])('have the shape %s', async (shape, answer) => {
    const id = await logOf(newPatient(), { fate: 'failed', code: '502' });
    redox.answerLogsAs(logShapes[shape]);
    expect(json(await one(id))).toMatchObject(answer);
  });
});

describe('the queues', () => {
  it('hold back what comes behind a stuck message, per data model', async () => {
    await logOf(newPatient('P1'));
    const stuck = await logOf(newPatient('P2'), { fate: 'stuck' });
    const behind = await logOf(newPatient('P3'));
    const visit = await logOf(visitPush('V1', 'P1'));
    expect([await statusOf(stuck), await statusOf(behind), await statusOf(visit)]).toEqual([
      'pending',
      'pending',
      'succeeded',
    ]);
    redox.resume();
    expect([await statusOf(stuck), redox.state().patients.size]).toEqual(['succeeded', 3]);
  });

  it('let a merge overtake a visit, and the visit fails', async () => {
    redox.travel({ isQueued: true, paused: ['Clinical Summary'] });
    await logOf(newPatient('P1'));
    await logOf(newPatient('P2'));
    const visit = await logOf(visitPush('V1', 'P1'));
    await logOf(patientMerge('P1', 'P2'));
    redox.travel({});
    expect(await statusOf(visit)).toBe('failed');
    expect(redox.state().documents.size).toBe(0);
  });

  it('deliver the newest first, late', async () => {
    redox.travel({ isQueued: true, order: 'newest_first', delayMs: 40 });
    await logOf(newPatient('P1'));
    await logOf(newPatient('P2'));
    expect(redox.state().patients.size).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect([...redox.state().patients.keys()]).toEqual(['P2', 'P1']);
  });

  it('store a late document under the retired patient', async () => {
    redox.travel({ isQueued: true, paused: ['Clinical Summary'], storesLate: true });
    await logOf(newPatient('P1'));
    await logOf(newPatient('P2'));
    const visit = await logOf(visitPush('V1', 'P1'));
    await logOf(patientMerge('P1', 'P2'));
    redox.travel({ storesLate: true });
    expect(await statusOf(visit)).toBe('succeeded');
    expect(redox.state().documents.get(`${documentOid}^V1`)?.patientId).toBe('P1');
  });

  it('are set over HTTP too', async () => {
    const set = (path: string, body: JsonValue): Promise<Received> =>
      send(`${redox.url}/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await set('travel', { isQueued: true, paused: ['PatientAdmin'] })).status).toBe(204);
    await logOf(newPatient('P1'));
    expect(redox.state().patients.size).toBe(0);
    expect((await set('travel', { pause: true })).status).toBe(400);
    expect([(await set('travel', {})).status, (await set('resume', {})).status]).toEqual([204, 204]);
    expect(redox.state().patients.size).toBe(1);
  });
});

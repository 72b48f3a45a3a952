import { onTestFinished, expect, test } from 'vitest';
import { NeighbourFault } from '../../../src/fault.ts';
import { Secret } from '../../../src/secret.ts';
import { tokenUrlOf } from '../../../src/redox/transport.ts';
import type { StandIn } from '../../../src/sandbox/redox/stand-in.ts';
import { openClient } from './redox-client-server.ts';
import { change, startTestStandIn } from './stand-in-client.ts';
import { newPatient } from './stand-in-messages.ts';

const legacy = { apiKey: 'legacy-key', secret: 'legacy-secret' };
const sourceId = '11111111-2222-4333-8444-555555555555';
const credentialsWith = (secret: string) =>
  ({ kind: 'legacy', apiKey: legacy.apiKey, apiSecret: new Secret(secret) }) as const;

async function startRedox(options: Parameters<typeof startTestStandIn>[0] = {}): Promise<StandIn> {
  const redox = await startTestStandIn({ legacy, rateLimit: null, ...options });
  onTestFinished(() => redox.close());
  return redox;
}

test('a legacy key delivers, with one token for many calls', async () => {
  const redox = await startRedox();
  const client = openClient(redox.url, { credentials: credentialsWith(legacy.secret) });
  const sent = await Promise.all(
    Array.from({ length: 5 }, (_, index) => client.send(JSON.stringify(newPatient(`P${index}`)))),
  );
  for (const delivery of sent) expect(delivery).toMatchObject({ outcome: 'accepted' });
  expect(redox.requests().tokenRequests).toBe(1);
});

test('a legacy token that died is replaced, and its call resent', async () => {
  const redox = await startRedox();
  const client = openClient(redox.url, { credentials: credentialsWith(legacy.secret) });
  redox.misbehave([{ kind: 'expire_tokens' }]);
  const delivery = await client.send(JSON.stringify(newPatient('P1')));
  expect(delivery).toMatchObject({ outcome: 'accepted', attempts: [{ httpStatus: 401 }, { httpStatus: 200 }] });
  expect(redox.requests().tokenRequests).toBe(2);
});

test('a wrong secret is a fault that says what to check', async () => {
  const redox = await startRedox();
  const sent = openClient(redox.url, { credentials: credentialsWith('wrong') }).send(JSON.stringify(newPatient('P1')));
  await expect(sent).rejects.toThrow(NeighbourFault);
  await expect(sent).rejects.toThrow(/HTTP 401, “Unauthorized”\. Check that REDOX_API_KEY and REDOX_API_SECRET/);
  expect(redox.requests().posts).toBe(0);
});

test('message and header name our source, and Redox requires both', async () => {
  const redox = await startRedox({ sourceId });
  const message = change(newPatient('P1'), 'Meta.Source', { ID: sourceId });
  const credentials = credentialsWith(legacy.secret);
  expect(await openClient(redox.url, { credentials, sourceId }).send(JSON.stringify(message))).toMatchObject({
    outcome: 'accepted',
  });
  const astray = await openClient(redox.url, { credentials, sourceId: 'another' }).send(JSON.stringify(message));
  expect(astray).toMatchObject({ outcome: 'rejected' });
  expect(JSON.stringify(astray)).toContain('Redox-Source-Id must be the source');
});

test.each([
  ['https://api.redoxengine.com', 'https://api.redoxengine.com/v2/auth/token'],
  ['https://api.ca.redoxengine.com', 'https://api.ca.redoxengine.com/v2/auth/token'],
  ['https://gateway.example.org/redox/', 'https://gateway.example.org/redox/v2/auth/token'],
])('the token for %s is requested, and its audience is, %s', (baseUrl, tokenUrl) => {
  expect(tokenUrlOf(baseUrl)).toBe(tokenUrl);
});

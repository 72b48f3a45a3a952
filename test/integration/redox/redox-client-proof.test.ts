/** A POST leaves only on a fresh proof that the run still holds its lock. */
import { describe, expect, test } from 'vitest';
import { NeighbourFault } from '../../../src/fault.ts';
import type { Proof } from '../../../src/redox/client.ts';
import { message, openClient, say, smallServer } from './redox-client-server.ts';

/** Fresh or not as given, one look after the other, and fresh once it was renewed. Each try looks when its turn has come, in its slot, and at the first byte. */
function proofOf(...looks: readonly boolean[]): Proof & { readonly renewals: () => number } {
  const left = [...looks];
  let renewals = 0;
  return {
    isFresh: () => left.shift() ?? true,
    renew: () => {
      renewals += 1;
      return Promise.resolve();
    },
    renewals: () => renewals,
  };
}

const lost: Proof = {
  isFresh: () => false,
  renew: () => Promise.reject(new NeighbourFault('the ledger is lost')),
};

describe('a stale proof', () => {
  test('before the POST is renewed first', async () => {
    const server = await smallServer();
    const proof = proofOf(false);
    expect(await openClient(server.url).send(message, proof)).toMatchObject({ outcome: 'accepted' });
    expect([proof.renewals(), server.bodies.length]).toEqual([1, 1]);
  });

  test('at the first byte withholds it, is renewed, and costs no try', async () => {
    const server = await smallServer();
    const proof = proofOf(true, true, false, false);
    const delivery = await openClient(server.url, { retry: { attempts: 1 } }).send(message, proof);
    expect(delivery).toMatchObject({ outcome: 'accepted', attempts: [{ result: 'accepted' }] });
    expect([proof.renewals(), server.bodies]).toEqual([1, [message]]);
  });

  test('after a slow connection is renewed for that connection', async () => {
    const server = await smallServer();
    let provenAt = -Infinity;
    const brief: Proof = {
      isFresh: () => performance.now() - provenAt < 5,
      renew: () => {
        provenAt = performance.now();
        return Promise.resolve();
      },
    };
    expect(await openClient(server.url).send(message, brief)).toMatchObject({ outcome: 'accepted' });
    expect(server.bodies).toEqual([message]);
  });

  test('and stays stale ends the delivery, and nothing leaves', async () => {
    const server = await smallServer();
    const never: Proof = { isFresh: () => false, renew: () => Promise.resolve() };
    await expect(openClient(server.url).send(message, never)).rejects.toThrow('longer than two seconds');
    expect(server.bodies).toEqual([]);
  });

  test('is checked before each further try', async () => {
    const server = await smallServer({ answers: [say(504, ''), say(200, '')] });
    const proof = proofOf(true, true, true, false);
    expect(await openClient(server.url).send(message, proof)).toMatchObject({ outcome: 'accepted' });
    expect([proof.renewals(), server.bodies.length]).toEqual([1, 2]);
  });
});

describe('an unavailable proof', () => {
  test('keeps a call from starting', async () => {
    const server = await smallServer();
    await expect(openClient(server.url).send(message, lost)).rejects.toThrow('the ledger is lost');
    expect(server.bodies).toEqual([]);
  });

  test('ends the tries, and the call keeps its known state', async () => {
    const server = await smallServer({ answers: [say(504, '')] });
    let looks = 0;
    const proof: Proof = { ...lost, isFresh: () => (looks += 1) <= 3 };
    expect(await openClient(server.url).send(message, proof)).toMatchObject({ outcome: 'unknown' });
    expect(server.bodies).toHaveLength(1);
  });
});

import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Silence } from '../../../src/network/silence.ts';

interface Connection {
  readonly bytes?: () => number;
  readonly isServed?: () => Promise<boolean>;
  /** Default: a statement without an answer. */
  readonly use?: (silence: Silence) => unknown;
}

const waits = (silence: Silence): unknown => silence.during(() => new Promise(() => undefined));

/** Why a connection was left within 200 ms of use, if it is looked at every 20 ms. */
async function reasons({ bytes = () => 0, isServed, use = waits }: Connection): Promise<string[]> {
  const said: string[] = [];
  const leave = ({ message }: Error): void => void said.push(message);
  const silence = new Silence({ bytes, isServed: isServed ?? (() => Promise.resolve(false)), leave }, 20);
  onTestFinished(() => {
    silence.end();
  });
  void use(silence);
  await sleep(200);
  return said;
}

const left = ['the server no longer answers, or no longer serves this connection'];

describe('a silent connection', () => {
  it('is left once while a statement waits and its server no longer serves it', async () => {
    expect(await reasons({})).toEqual(left);
  });

  it('is left while a stream is open', async () => {
    expect(await reasons({ use: (silence) => silence.whileOpen(new PassThrough()) })).toEqual(left);
  });

  it('stays while its server serves it', async () => {
    expect(await reasons({ isServed: () => Promise.resolve(true) })).toEqual([]);
  });

  it('stays after a single refusal', async () => {
    let asked = 0;
    const isServed = (): Promise<boolean> => {
      asked += 1;
      return Promise.resolve(asked % 2 === 0);
    };
    expect(await reasons({ isServed })).toEqual([]);
    expect(asked).toBeGreaterThan(2);
  });

  it('stays while bytes arrive', async () => {
    let count = 0;
    expect(await reasons({ bytes: () => (count += 1) })).toEqual([]);
  });

  it('stays while nothing waits', async () => {
    expect(await reasons({ use: () => undefined })).toEqual([]);
  });

  it('stays once the stream was closed', async () => {
    const use = (silence: Silence): unknown => silence.whileOpen(new PassThrough()).destroy();
    expect(await reasons({ use })).toEqual([]);
  });
});

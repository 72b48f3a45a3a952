import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Silence } from '../../../src/network/silence.ts';

interface Connection {
  readonly heard?: () => number;
  readonly isServed?: () => Promise<boolean>;
}

/** A connection that is looked at every 20 ms, what it does, and why it was left. */
function open({ heard = () => 0, isServed = () => Promise.resolve(false) }: Connection): {
  readonly silence: Silence;
  readonly reasons: readonly string[];
} {
  const reasons: string[] = [];
  const leave = ({ message }: Error): void => void reasons.push(message);
  const silence = new Silence({ heard, isServed, leave }, 20);
  onTestFinished(() => {
    silence.end();
  });
  return { silence, reasons };
}

const noAnswer = (): Promise<never> => new Promise(() => undefined);
const left = ['the server no longer answers, or no longer serves this connection'];

describe('a silent connection', () => {
  it('is left once while a statement waits and its server no longer serves it', async () => {
    const { silence, reasons } = open({});
    void silence.during(noAnswer);
    await expect.poll(() => reasons).toEqual(left);
    await sleep(100);
    expect(reasons).toEqual(left);
  });

  it('is left while a stream is open', async () => {
    const { silence, reasons } = open({});
    silence.whileOpen(new PassThrough());
    await expect.poll(() => reasons).toEqual(left);
  });

  it.each([
    ['while its server serves it', () => true],
    ['after a single refusal', (asked: number) => asked % 2 === 0],
  ])('stays %s', async (_when, answer) => {
    let asked = 0;
    const isServed = (): Promise<boolean> => Promise.resolve(answer((asked += 1)));
    const { silence, reasons } = open({ isServed });
    void silence.during(noAnswer);
    await expect.poll(() => asked).toBeGreaterThan(4);
    expect(reasons).toEqual([]);
  });

  it('stays while bytes arrive', async () => {
    let count = 0;
    const { silence, reasons } = open({ heard: () => (count += 1) });
    void silence.during(noAnswer);
    await expect.poll(() => count).toBeGreaterThan(8);
    expect(reasons).toEqual([]);
  });

  it('stays after refusals between which bytes arrived', async () => {
    let [asked, count] = [0, 0];
    const isServed = (): Promise<boolean> => {
      asked += 1;
      setTimeout(() => (count += 1), 1);
      return Promise.resolve(false);
    };
    const { silence, reasons } = open({ heard: () => count, isServed });
    void silence.during(noAnswer);
    await expect.poll(() => asked).toBeGreaterThan(4);
    expect(reasons).toEqual([]);
  });

  it('stays while nothing waits, also once a stream was closed', async () => {
    const { silence, reasons } = open({});
    silence.whileOpen(new PassThrough()).destroy();
    await silence.during(() => Promise.resolve());
    await sleep(200);
    expect(reasons).toEqual([]);
  });
});

import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { openScreen, progressText, type StepProgress, type TerminalStream } from '../../../src/log/log-screen.ts';
import { openLog } from '../../../src/log/log.ts';

const progress = (choices: Partial<StepProgress> = {}): StepProgress => ({
  step: 'deliver',
  done: 12_345,
  total: 20_000,
  ms: 100_000,
  ...choices,
});

function terminal(columns: number, isTTY = true): { stream: TerminalStream; written: () => string } {
  const through = new PassThrough();
  let unread = '';
  through.on('data', (chunk: Buffer) => {
    unread += chunk.toString();
  });
  return {
    stream: Object.assign(through, { isTTY, columns }),
    written: () => {
      const text = unread;
      unread = '';
      return text;
    },
  };
}

/** What a person sees after it was written: a carriage return goes back, EL wipes the rest of the line. */
function seen(written: string): string[] {
  return written.split('\n').map((line) =>
    line.split('\r').reduce((shown, text) => {
      const [before = '', after] = text.split('\u001B[K');
      return after === undefined ? before + shown.slice(before.length) : before + after;
    }, ''),
  );
}

describe("a step's progress", () => {
  test('shows what is left and the pace', () => {
    expect(progressText(progress(), 80)).toBe('Step deliver: 12,345 of 20,000, 1 min 2 s left, 123 a second');
  });

  test('fits into 40 columns, and fewer', () => {
    expect(progressText(progress(), 39)).toBe('Step deliver: 12,345 of 20,000');
    expect(progressText(progress(), 20)).toBe('deliver 12,345');
    expect(progressText(progress(), 4)).toBe('12,3');
  });

  test('is a count without a total, and a time without counts', () => {
    expect(progressText(progress({ total: null }), 80)).toBe('Step deliver: 12,345, 123 a second');
    expect(progressText(progress({ step: 'plan', done: 0, total: null, ms: 95_000 }), 80)).toBe(
      'Step plan: 1 min 35 s so far',
    );
  });

  test('has no pace in its first two seconds', () => {
    expect(progressText(progress({ ms: 1_999 }), 80)).toBe('Step deliver: 12,345 of 20,000');
  });

  test('stops at the whole', () => {
    expect(progressText(progress({ done: 21_000 }), 80)).toContain('21,000 of 21,000, 0 s left');
  });

  test('uses hours for long waits', () => {
    expect(progressText(progress({ done: 10, ms: 10_000 }), 80)).toContain('5 h 33 min left, 1.0 a second');
  });
});

describe('a terminal', () => {
  test('has one live line below whole sentences', () => {
    const { stream, written } = terminal(80);
    const screen = openScreen(stream, false);
    screen.show(progress());
    screen.write('A sentence.\n');
    screen.show(progress({ done: 15_000 }));
    screen.show(progress({ done: 20_000 }));
    expect(seen(written())).toEqual(['A sentence.', progressText(progress({ done: 20_000 }), 79)]);
    screen.wipe();
    expect(written()).toBe('\r\u001B[K');
  });

  test('keeps its last column free, where lines would break', () => {
    for (const columns of [1, 10, 40, 80]) {
      const { stream, written } = terminal(columns);
      openScreen(stream, false).show(progress());
      const lines = seen(written());
      expect(lines).not.toEqual([]);
      for (const line of lines) expect(line.length).toBeLessThan(columns);
    }
  });

  test('without a width counts as 80 columns', () => {
    const { stream, written } = terminal(0);
    openScreen(stream, false).show(progress());
    expect(seen(written())[0]).toContain('123 a second');
  });

  test.each([
    ['a dumb one', true, true],
    ['none', false, false],
  ])('%s gets a line every 30 seconds, without control characters', (_, isTTY, isDumb) => {
    const { stream, written } = terminal(80, isTTY);
    const screen = openScreen(stream, isDumb);
    for (let ms = 0; ms <= 65_000; ms += 500) screen.show(progress({ ms }));
    screen.write('A sentence.\n');
    screen.wipe();
    const output = written();
    expect(output.trimEnd().split('\n')).toHaveLength(3);
    // eslint-disable-next-line no-control-regex -- that is what must not be there
    expect(output).not.toMatch(/[\u0000-\u0009\u000B-\u001F]/);
  });
});

test('the log leaves no live line behind', async () => {
  const { stream, written } = terminal(80);
  const { log, makeRoom, close } = openLog({ level: 'info', stream, isHuman: true });
  log('progress', { runId: '7', ...progress() });
  makeRoom();
  log('progress', { runId: '7', ...progress() });
  log('step_finished', { runId: '7', step: 'deliver', ms: 1234 });
  log('progress', { runId: '7', ...progress({ step: 'report' }) });
  await close();
  const lines = seen(written());
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain('Step deliver took 1.2 s.');
  expect(lines[1]).toBe('');
});

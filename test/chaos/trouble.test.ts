import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { isShort, seed } from './support/budget.ts';
import { ChaosSite } from './support/site.ts';
import { count } from './support/tally.ts';

let site: ChaosSite;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ site, close } = await ChaosSite.open());
  await site.ehr.grow(5);
});
afterAll(async () => {
  await site.countFigures();
  await close();
});

/** Redox misbehaves in this way, so many times. */
function misbehave(...rules: Parameters<typeof site.standIn.misbehave>[0]): void {
  count(
    'faults injected at Redox',
    rules.reduce((sum, { when }) => sum + (when?.times ?? 1), 0),
  );
  site.standIn.misbehave(rules);
}

test("refuses a second job, and names the holder's job, host and start", async () => {
  await site.ehr.grow(10);
  misbehave({ kind: 'hang' });
  const before = site.standIn.requests().posts;
  const first = site.start('nightly');
  await first.until(() => site.standIn.requests().posts > before);
  const second = await site.start('intraday').ended;
  expect(second.exitCode).toBe(75);
  expect(second.said).toMatch(/nightly \(\d{8}T\d{6}Z-nightly-[0-9a-f]{4}\), process \d+ on \S+, since 20/);
  first.kill('SIGKILL');
  count('processes killed');
  await first.ended;
  await site.pass();
  await site.expectConvergence();
});

describe.skipIf(isShort)('trouble with Redox', () => {
  test('waits out a storm of 429: every message arrives once', async () => {
    await site.ehr.grow(10);
    misbehave({ kind: 'status', status: 429, when: { times: 24 } });
    const before = site.standIn.requests().posts;
    const night = await site.start('nightly').ended;
    expect([0, 2], night.said).toContain(night.exitCode);
    // Who is turned away waits, and everybody with them: far fewer than each call's five tries.
    expect(site.standIn.requests().posts - before).toBeLessThan(24 + 60);
    await site.expectConvergence();
  });

  test('renews tokens that die early and loses nothing', async () => {
    await site.ehr.grow(10);
    misbehave({ kind: 'expire_tokens', when: { every: 20, times: 2 } });
    const night = await site.start('nightly').ended;
    expect(night.exitCode, night.said).toBe(0);
    await site.expectRedoxIsTrue();
  });

  test('retries slow, cut-off, lost and 5xx answers, and records what is certain', async () => {
    await site.ehr.grow(15);
    misbehave({
      kind: 'random',
      seed,
      mix: [
        { probability: 0.05, fault: { kind: 'hang', taken: true } },
        { probability: 0.05, fault: { kind: 'hang' } },
        { probability: 0.1, fault: { kind: 'reset_after' } },
        { probability: 0.1, fault: { kind: 'status_after', status: 504 } },
        { probability: 0.1, fault: { kind: 'unreadable_200' } },
        { probability: 0.2, fault: { kind: 'delay', ms: 200 } },
      ],
      when: { times: 60 },
    });
    const night = await site.start('nightly', { CALL_TIMEOUT: '1s' }).ended;
    expect([0, 2, 69], night.said).toContain(night.exitCode);
    await site.expectConvergence();
  });
});

describe.skipIf(isShort)('trouble with the clock', () => {
  const minutes = 60_000;

  test('gets no token with a fast clock, and the error names the clock', async () => {
    await site.ehr.grow(2);
    const night = await site.start('nightly', { CHAOS_CLOCK_SHIFT_MS: String(5 * minutes) }).ended;
    expect(night.exitCode).toBe(69);
    expect(night.said).toContain('This machine’s clock is 5 minutes ahead of Redox’s, and that is why');
    expect(night.log.map(({ event }) => event)).toContain('clock_off');
  });

  test('warns once of a clock that is minutes behind', async () => {
    const night = await site.start('nightly', { CHAOS_CLOCK_SHIFT_MS: String(-3 * minutes) }).ended;
    expect(night.exitCode, night.said).toBe(0);
    expect(night.log.filter(({ event }) => event === 'clock_off')).toHaveLength(1);
    await site.expectConvergence();
  });

  test.for([-24 * 60, 24 * 60])('completes the night when the clock jumps by %d minutes', async (by) => {
    await site.ehr.grow(20);
    misbehave({ kind: 'delay', ms: 100 });
    count('clock jumps');
    const job = site.start('nightly', {
      CHAOS_CLOCK_SHIFT_MS: String(by * minutes),
      CHAOS_CLOCK_AFTER_MS: '2500',
    });
    const night = await job.ended;
    // The token that it has goes on; one that it asks for after the jump is refused.
    expect([0, 69], night.said).toContain(night.exitCode);
    await site.expectConvergence();
  });
});

/** A pipe that is full already, because nobody reads it. */
const fullPipe = 'exec 3> >(exec sleep 60 >/dev/null 2>&1); head -c 65536 /dev/zero >&3;';

describe.skipIf(isShort)('a night without a log does its work, writes its reports and ends normally', () => {
  test.for([
    ['a full disk, and no stdin', 'exec "$@" >/dev/full 2>/dev/full <&-'],
    ['no stdin, no stdout and no stderr', 'exec "$@" <&- >&- 2>&-'],
    ['a pipe whose reader has left', 'exec "$@" 2> >(exec true)'],
    ['a pipe that nobody reads', `${fullPipe} exec "$@" >&3 2>&3`],
  ] as const)('%s', async ([, script]) => {
    await site.ehr.grow(3);
    const reportDir = await mkdtemp(join(tmpdir(), 'chaos-reports-'));
    onTestFinished(() => rm(reportDir, { recursive: true, force: true }));
    const night = site.start('nightly', { REPORT_DIR: reportDir }, ['/bin/bash', '--norc', '-c', script, 'job']);
    expect(await night.ended).toMatchObject({ exitCode: 0, said: '' });
    expect(await site.ledger.ask('SELECT status FROM run ORDER BY run_number DESC LIMIT 1')).toEqual([
      { status: 'done' },
    ]);
    expect(await readdir(reportDir)).toContainEqual(expect.stringContaining('-nightly-'));
    await site.expectRedoxIsTrue();
  });
});

describe.skipIf(isShort)('trouble with the disk', () => {
  test('a full disk loses only the reports, which can be written later', async () => {
    await site.ehr.grow(10);
    const { reportDir, wrap } = await fullDisk();
    count('disks filled');
    const night = await site.start('nightly', { REPORT_DIR: reportDir }, wrap).ended;
    expect(night.exitCode, night.said).toBe(69);
    expect(night.said).toContain('Could not write');
    await site.expectRedoxIsTrue();
    const runId = night.log.find(({ event }) => event === 'run_started')?.run_id ?? '';
    const report = await site.start(`report ${runId}`).ended;
    expect(report.exitCode, report.said).toBe(0);
    await site.expectConvergence();
  });
});

/** A tiny file system where this user may mount one; else a limit on the size of files, which fails in the same place. */
async function fullDisk(): Promise<{ reportDir: string; wrap: readonly string[] }> {
  const reportDir = await mkdtemp(join(tmpdir(), 'chaos-disk-'));
  onTestFinished(() => rm(reportDir, { recursive: true, force: true }));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', reportDir], { stdio: 'ignore' });
    onTestFinished(() => {
      execFileSync('umount', ['--lazy', reportDir]);
    });
    return { reportDir, wrap: [] };
  } catch {
    process.stdout.write(
      '  No file system can be mounted here: the limit on the size of a file (ulimit -f) stands for a full disk.\n',
    );
    return { reportDir, wrap: ['/bin/bash', '--norc', '-c', 'ulimit -f 2; exec "$@"', 'job'] };
  }
}

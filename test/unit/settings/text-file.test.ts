import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readValueFile } from '../../../src/config/file/text-file.ts';

/** A named pipe. */
function pipe(): string {
  const path = join(mkdtempSync(join(tmpdir(), 'pipe-')), 'value');
  execFileSync('mkfifo', [path]);
  return path;
}

const writeLater = (path: string, script: string): void => {
  spawn('sh', ['-c', script, 'sh', path], { stdio: 'ignore', detached: true }).unref();
};

describe.skipIf(process.platform === 'win32')('a value from a named pipe', () => {
  test('comes whole, from a writer who is late and slow', () => {
    const path = pipe();
    writeLater(path, 'sleep 0.2; { printf hu; sleep 0.2; echo sh; } > "$1"');
    expect(readValueFile(path)).toEqual({ text: 'hush' });
  });

  test.each([
    ['has no writer', null],
    ['has a silent writer', 'exec 3> "$1"; sleep 1'],
    ['has a writer who stops halfway', 'exec 3> "$1"; printf hu >&3; sleep 1'],
  ])('ends in a sentence if it %s', (_what, script) => {
    const path = pipe();
    if (script !== null) writeLater(path, script);
    expect(readValueFile(path, 300)).toEqual({
      text: null,
      trouble: 'is a pipe, and nothing came through it for ten seconds',
    });
  });
});

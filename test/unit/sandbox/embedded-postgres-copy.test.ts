/** The copy of the embedded Postgres in the temporary folder, after a cleaner of temporary files was there. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  truncate,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageFault } from '../../../src/fault.ts';
import { copyOf } from '../../../src/sandbox/embedded-postgres-binaries.ts';

let folder: string;
let installed: string;
let temporary: string;

/** A package of few files, made as the real one is. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postgres-copy-'));
  [installed, temporary] = [join(folder, 'package'), join(folder, 'tmp')];
  for (const name of ['native/bin', 'native/lib', 'native/share/timezone'])
    await mkdir(join(installed, name), { recursive: true });
  await mkdir(temporary);
  await writeFile(join(installed, 'package.json'), '{"version":"17.1.0"}');
  await writeFile(
    join(installed, 'native/bin/postgres'),
    '#!/bin/sh\nread line; cat "$(dirname "$0")/../share/timezone/UTC"\n',
  );
  await writeFile(join(installed, 'native/lib/libpq.so.5.17'), 'library');
  await writeFile(join(installed, 'native/share/timezone/UTC'), 'zone');
  const links = [{ source: 'native/lib/libpq.so.5.17', target: 'native/lib/libpq.so.5' }];
  await writeFile(join(installed, 'native/pg-symlinks.json'), JSON.stringify(links));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const copy = (): Promise<string> => copyOf(installed, temporary);

/** Throws where anything is not as it was installed. */
async function expectWhole(native: string): Promise<void> {
  for (const name of ['bin/postgres', 'lib/libpq.so.5.17', 'share/timezone/UTC']) {
    expect(await readFile(join(native, name), 'utf8')).toBe(await readFile(join(installed, 'native', name), 'utf8'));
  }
  expect(await readlink(join(native, 'lib/libpq.so.5'))).toBe('libpq.so.5.17');
  expect((await lstat(join(native, 'bin/postgres'))).mode & 0o777).toBe(0o755);
  expect((await lstat(join(native, 'share/timezone/UTC'))).mode & 0o777).toBe(0o644);
  expect(await readdir(temporary)).toHaveLength(1);
}

describe('a copy', () => {
  it('that is whole is kept', async () => {
    const native = await copy();
    await expectWhole(native);
    const { ino } = await lstat(native);
    expect(await copy()).toBe(native);
    expect((await lstat(native)).ino).toBe(ino);
  });

  it.for<[string, (native: string) => Promise<unknown>]>([
    ['lacks a file', (native) => unlink(join(native, 'share/timezone/UTC'))],
    ['lacks a folder', (native) => rm(join(native, 'share'), { recursive: true })],
    ['is empty', (native) => rm(native, { recursive: true })],
    ['has an empty file', (native) => truncate(join(native, 'lib/libpq.so.5.17'))],
    ['has a file cut short', (native) => truncate(join(native, 'bin/postgres'), 5)],
    ['lacks a link', (native) => unlink(join(native, 'lib/libpq.so.5'))],
    [
      'has a link that leads elsewhere',
      async (native) => {
        await unlink(join(native, 'lib/libpq.so.5'));
        await symlink('nowhere', join(native, 'lib/libpq.so.5'));
      },
    ],
    ['has a program that nobody may run', (native) => chmod(join(native, 'bin/postgres'), 0o644)],
    ['has a folder that nobody may enter', (native) => chmod(join(native, 'share'), 0o700)],
    ['is closed to others', (native) => chmod(join(native, '..'), 0o700)],
    ['lacks its list, as one of an earlier release or one half made', (native) => unlink(join(native, '../list.txt'))],
    ['has a list cut short', (native) => truncate(join(native, '../list.txt'), 10)],
  ])('that %s is replaced', async ([, nibble]) => {
    await nibble(await copy());
    await expectWhole(await copy());
  });

  it('is made once by many jobs that find it damaged', async () => {
    await unlink(join(await copy(), 'share/timezone/UTC'));
    const natives = await Promise.all(Array.from({ length: 8 }, copy));
    expect(new Set(natives).size).toBe(1);
    await expectWhole(natives[0] ?? '');
  });

  it('is replaced under a running server, which finds its files', async () => {
    const native = await copy();
    const server = spawn(join(native, 'bin/postgres'), { stdio: ['pipe', 'pipe', 'ignore'] });
    const said = once(server.stdout, 'data');
    await unlink(join(native, 'share/timezone/UTC'));
    await copy();
    server.stdin.end('go on\n');
    expect(String((await said)[0])).toBe('zone');
    await expectWhole(native);
  });

  it('half made by a killed job is removed', async () => {
    const native = await copy();
    const draft = join(temporary, `${(await readdir(temporary))[0] ?? ''}-abcdef`);
    await rename(join(native, '..'), draft);
    await unlink(join(draft, 'list.txt'));
    await utimes(draft, new Date(0), new Date(0));
    await expectWhole(await copy());
  });

  it('that others can write is neither run nor replaced', async () => {
    await chmod(join(await copy(), '..'), 0o777);
    await expect(copy()).rejects.toThrow(UsageFault);
  });
});

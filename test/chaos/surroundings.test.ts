import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Environment } from '../../src/config/config.ts';
import { isShort } from './support/budget.ts';
import { ChaosSite } from './support/site.ts';

interface Surroundings {
  /** A script of the shell in which `"$@"` is the job. */
  readonly script?: string;
  readonly settings?: Environment;
  readonly exitCode?: number;
  readonly says?: RegExp;
}

describe.skipIf(isShort)('a night in an unusual environment', () => {
  let site: ChaosSite;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ site, close } = await ChaosSite.open());
  });
  afterAll(() => close());

  test.for<[string, Surroundings]>([
    ['a time zone that is none', { settings: { TZ: 'Foo/Bar' } }],
    ['an empty time zone', { settings: { TZ: '' } }],
    ['a mask of all rights', { script: 'umask 0777; exec "$@"' }],
    ['a folder for temporary files that is not there', { settings: { TMPDIR: '/no/such/folder' } }],
    ['another language', { settings: { LC_ALL: 'tr_TR.UTF-8', LANG: 'xx' } }],
    ['no PATH', { settings: { PATH: '' } }],
    ['small heads of answers', { settings: { NODE_OPTIONS: '--max-http-header-size=100' } }],
    ['frozen intrinsics', { settings: { NODE_OPTIONS: '--frozen-intrinsics' } }],
    ['no __proto__', { settings: { NODE_OPTIONS: '--disable-proto=throw' } }],
    ['a small heap', { settings: { NODE_OPTIONS: '--max-old-space-size=64' } }],
    [
      'no WebAssembly',
      { settings: { NODE_OPTIONS: '--jitless' }, exitCode: 64, says: /Remove --jitless from NODE_OPTIONS/ },
    ],
    ['figures that cannot be written', { settings: { METRICS_FILE: '/proc/figures.prom' } }],
    ['rejections that are not heard', { settings: { NODE_OPTIONS: '--unhandled-rejections=none' } }],
  ])('%s', async ([, { script = 'exec "$@"', settings = {}, exitCode = 0, says = /^/ }]) => {
    await site.ehr.grow(2);
    const night = await site.start('nightly', settings, ['/bin/bash', '--norc', '-c', script, 'job']).ended;
    expect([night.exitCode, night.said]).toEqual([exitCode, expect.stringMatching(says)]);
    if (exitCode === 0) await site.expectRedoxIsTrue();
  });
});

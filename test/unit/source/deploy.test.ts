import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { jobs } from '../../../jobs/all.ts';
import { shutdownPatienceMs } from '../../../jobs/frame/process.ts';
import { settingNames } from '../../../src/config/settings.ts';
import { packageRoot } from '../../../src/package-root.ts';

// Loads every job: slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** What people copy to start the jobs: it must name jobs, flags and settings that exist. */
const folder = join(packageRoot, 'jobs/deploy');
const files = readdirSync(folder);
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
const withoutComments = (text: string): string => text.replaceAll(/^\s*#.*$/gm, '');

/** `[nightly, --due, '02:15']` and `redox-reconcile nightly --due 02:15`. */
function commandsIn(text: string): string[][] {
  const lists = [...text.matchAll(/^\s*(?:command|args): \[(.+)\]$/gm)].map(([, list = '']) =>
    list.split(', ').map((word) => word.replaceAll(/^'|'$/g, '')),
  );
  const lines = [...text.matchAll(/redox-reconcile ([a-z].*)$/gm)].map(
    ([, line = '']) => line.split(/ (?:\d?>)/)[0] ?? '',
  );
  return [...lists, ...lines.map((line) => line.trim().split(' '))];
}

const settingsIn = (text: string): string[] =>
  [...text.matchAll(/^\s*(?:- \{ name: |Environment=)?([A-Z]+(?:_[A-Z]+)+)(?:: |=|, value: )/gm)]
    .map(([, name = '']) => name)
    .filter((name) => !name.startsWith('POSTGRES_') && name !== 'CRON_TZ');

describe.each(files)('jobs/deploy/%s', (file) => {
  const text = withoutComments(read(file));
  const commands = commandsIn(text);

  test('starts existing jobs, with their own flags', async () => {
    if (!file.endsWith('.timer')) expect(commands.length).toBeGreaterThan(0);
    for (const [name = '', ...words] of commands) {
      const listed = jobs.find((job) => job.name === name);
      expect(listed, `${file} starts ${name}`).toBeDefined();
      const options = Object.values((await listed?.load())?.options ?? {}).map(({ syntax }) => syntax.split(' ')[0]);
      const flags = words.filter((word) => word.startsWith('--'));
      expect(flags.filter((flag) => flag !== '--env-file' && !options.includes(flag))).toEqual([]);
    }
  });

  test('sets only known settings', () => {
    const known = new Set(settingNames.flatMap((name) => [name, `${name}_FILE`]));
    expect(settingsIn(text).filter((name) => !known.has(name))).toEqual([]);
  });

  test('begins with its instructions, and has no tab', () => {
    expect(read(file)).toMatch(/^# /);
    expect(read(file)).not.toContain('\t');
  });
});

test('the service and the compose file set secrets by files alone', () => {
  const settings = files.flatMap((file) => settingsIn(withoutComments(read(file))));
  const secrets = settings.filter((name) => /KEY|SECRET/.test(name));
  expect(secrets).toContain('LEDGER_KEY_FILE');
  expect(secrets.filter((name) => !name.endsWith('_FILE'))).toEqual([]);
});

test('they wait longer than a job takes to end', () => {
  const waits = files.flatMap((file) =>
    [...read(file).matchAll(/(?:stop_grace_period: |terminationGracePeriodSeconds: |TimeoutStopSec=)(\d+)/g)].map(
      ([, seconds]) => Number(seconds) * 1000,
    ),
  );
  expect(waits).toHaveLength(3);
  for (const wait of waits) expect(wait).toBeGreaterThan(shutdownPatienceMs);
});

test('they leave no core dump, which contains keys and patients', () => {
  expect(read('redox-reconcile.service')).toMatch(/^LimitCORE=0$/m);
  const compose = read('compose.yaml');
  expect(compose.match(/^ {4}ulimits: \{ core: 0 \}$/gm)).toHaveLength(
    compose.match(/^ {4}image: redox-reconcile$/gm)?.length ?? 0,
  );
  const docker = readFileSync(join(packageRoot, 'Dockerfile'), 'utf8');
  expect(docker.match(/docker run .*--ulimit core=0/g)).toHaveLength(docker.match(/docker run /g)?.length ?? 0);
});

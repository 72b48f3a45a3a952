import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, onTestFinished, test, vi } from 'vitest';

// Starts a process per zone: slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const run = promisify(execFile);

const processZones = ['UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Kiritimati', 'Australia/Lord_Howe'];
const seasons = { winter: Date.UTC(2024, 0, 15, 12), summer: Date.UTC(2024, 6, 15, 12) };

interface Printed {
  readonly processTime: string;
  readonly processOffset: number;
  readonly messages: unknown;
}

/** The script in one file, so that its processes start at once. What it imports is loaded when it says so, as in the sources. */
async function bundled(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'print-messages-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const outfile = join(folder, 'print-messages.mjs');
  const entry = join(import.meta.dirname, 'print-messages.ts');
  await build({ entryPoints: [entry], outfile, bundle: true, format: 'esm', platform: 'node' });
  return outfile;
}

const printedIn = async (script: string, zone: string, now: number): Promise<Printed> => {
  const { stdout } = await run(process.execPath, [script, String(now)], {
    env: { ...process.env, TZ: zone },
  });
  return JSON.parse(stdout) as Printed;
};

test('messages are the same bytes in every process zone and season', async () => {
  const settings = processZones.flatMap((zone) => Object.values(seasons).map((now) => [zone, now] as const));
  const script = await bundled();
  const printed = await Promise.all(settings.map(([zone, now]) => printedIn(script, zone, now)));

  // The processes did run at those times in those zones.
  expect(new Set(printed.map(({ processTime }) => processTime)).size).toBe(2);
  expect(new Set(printed.map(({ processOffset }) => processOffset)).size).toBe(7);
  expect(new Set(printed.map(({ messages }) => JSON.stringify(messages))).size).toBe(1);
}, 60_000);

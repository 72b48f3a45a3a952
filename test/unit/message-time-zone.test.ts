import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

const processZones = ['UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Kiritimati', 'Australia/Lord_Howe'];
const seasons = { winter: Date.UTC(2024, 0, 15, 12), summer: Date.UTC(2024, 6, 15, 12) };

interface Printed {
  readonly processTime: string;
  readonly processOffset: number;
  readonly messages: unknown;
}

const printedIn = async (zone: string, now: number): Promise<Printed> => {
  const script = join(import.meta.dirname, 'print-messages.ts');
  const { stdout } = await run(process.execPath, ['--import', 'tsx', script, String(now)], {
    env: { ...process.env, TZ: zone },
  });
  return JSON.parse(stdout) as Printed;
};

test('messages are the same bytes in every zone of the process and every season of the job', async () => {
  const settings = processZones.flatMap((zone) => Object.values(seasons).map((now) => [zone, now] as const));
  const printed = await Promise.all(settings.map(([zone, now]) => printedIn(zone, now)));

  // The processes did run at those times in those zones.
  expect(new Set(printed.map(({ processTime }) => processTime)).size).toBe(2);
  expect(new Set(printed.map(({ processOffset }) => processOffset)).size).toBe(7);
  expect(new Set(printed.map(({ messages }) => JSON.stringify(messages))).size).toBe(1);
}, 60_000);

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { cp, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { packageRoot } from '../../../src/package-root.ts';
import { startEmbeddedPostgres } from '../../../src/sandbox/embedded-postgres.ts';
import { noticeOfSkipped, stopMysql } from './mysql/server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Database `postgres` of the server that all integration tests share. */
    readonly postgresAdminUrl: string;
    /** A folder that lives as long as the run, for what several test files share; in it the demo's contract without summary/. */
    readonly sharedFolder: string;
  }
}

/** One Postgres for all test files of a run; it and its folder are gone when the run ends, by Ctrl-C too. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(await quickFolder(), 'redox-reconcile-test-'));
  const abandon = (): void => {
    abandonServer(folder);
  };
  if (noticeOfSkipped !== null) process.stderr.write(`${noticeOfSkipped}\n`);
  process.once('exit', abandon);
  const server = await startEmbeddedPostgres({ folder, durable: false });
  project.provide('postgresAdminUrl', server.adminUrl.reveal());
  project.provide('sharedFolder', folder);
  const demo = join(packageRoot, 'sql/ehr/demo');
  const withoutSummaries = (path: string): boolean => path !== join(demo, 'summary');
  await cp(demo, join(folder, 'contract-of-rows'), { recursive: true, filter: withoutSummaries });
  return async () => {
    await server.stop();
    stopMysql(folder);
    process.off('exit', abandon);
    await rm(folder, { recursive: true, force: true });
  };
}

/** In memory, where there is room for the hundreds of databases that are made and dropped: each then costs a fifth of the time. */
async function quickFolder(): Promise<string> {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = await statfs(memory);
  return bavail * bsize > roomBytes ? memory : tmpdir();
}

/** Several times what a run has been seen to take. */
const roomBytes = 8e9;

/** A run that is interrupted twice ends without a teardown, and nothing asynchronous runs any more. */
function abandonServer(folder: string): void {
  stopMysql(folder);
  const pidFile = join(folder, 'data', 'postmaster.pid');
  if (existsSync(pidFile)) process.kill(Number.parseInt(readFileSync(pidFile, 'utf8')), 'SIGQUIT');
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/sandbox/embedded-postgres.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Database `postgres` of the server that all integration tests share. */
    readonly postgresAdminUrl: string;
  }
}

/** One Postgres for all test files of a run; it and its folder are gone when the run ends, by Ctrl-C too. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'redox-reconcile-test-'));
  const abandon = (): void => {
    abandonServer(folder);
  };
  process.once('exit', abandon);
  const server = await startEmbeddedPostgres({ folder, durable: false });
  project.provide('postgresAdminUrl', server.adminUrl.reveal());
  return async () => {
    await server.stop();
    process.off('exit', abandon);
    await rm(folder, { recursive: true, force: true });
  };
}

/** A run that is interrupted twice ends without a teardown, and nothing asynchronous runs any more. */
function abandonServer(folder: string): void {
  const pidFile = join(folder, 'data', 'postmaster.pid');
  if (existsSync(pidFile)) process.kill(Number.parseInt(readFileSync(pidFile, 'utf8')), 'SIGQUIT');
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}

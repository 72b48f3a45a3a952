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

/** One Postgres for all test files of a run; it and its folder are gone when the run ends. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'redox-reconcile-test-'));
  const removeFolder = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const server = await startEmbeddedPostgres({ folder, durable: false });
    project.provide('postgresAdminUrl', server.adminUrl.reveal());
    return () => server.stop().finally(removeFolder);
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

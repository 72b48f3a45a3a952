import { execFile, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { UsageFault } from '../fault.ts';

/** The user the server runs as, where that is not the user of this process. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface Finished {
  readonly succeeded: boolean;
  /** What the program printed, or why it could not even be started. */
  readonly output: string;
}

/**
 * Postgres refuses to run as root, so root hands it to somebody else: to whoever owns the data already, else to the
 * system's `postgres`, else to `nobody`. Anybody else runs it themselves: null.
 */
export async function serverAccount(dataFolder: string): Promise<Account | null> {
  const me = process.getuid?.();
  const owner = await stat(dataFolder).catch(() => null);
  if (me !== 0) {
    if (owner !== null && owner.uid !== me) {
      throw new UsageFault(
        `${dataFolder} holds a Postgres of the user with id ${owner.uid}, and this job runs as the one with id ${me ?? '?'}. ` +
          'Run the job as that user, or as root.',
      );
    }
    return null;
  }
  if (owner !== null && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const account = (await accountNamed('postgres')) ?? (await accountNamed('nobody'));
  if (account !== null) return account;
  throw new UsageFault(
    'Postgres refuses to run as root, and this system has neither a user `postgres` nor `nobody` to run it as. ' +
      'Create one (`useradd --system postgres`), or run the job as a user other than root.',
  );
}

async function accountNamed(name: string): Promise<Account | null> {
  const id = async (flag: string): Promise<number> => Number((await promisify(execFile)('id', [flag, name])).stdout);
  try {
    return { uid: await id('-u'), gid: await id('-g') };
  } catch {
    return null;
  }
}

/**
 * Runs a program of Postgres to its end, in a process group of its own: Ctrl-C at the terminal reaches our whole group,
 * and the server must outlive it until what is under way is recorded.
 */
export function run(
  program: string,
  argumentList: readonly string[],
  { account, folder }: { readonly account: Account | null; readonly folder: string },
): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(program, argumentList, {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Nothing of our environment: PGPORT, PGOPTIONS or a strange locale would change what Postgres does.
      env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
      ...account,
    });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    child.on('error', (error) => {
      resolve({ succeeded: false, output: error.message });
    });
    child.on('close', (code) => {
      resolve({ succeeded: code === 0, output: Buffer.concat(output).toString().trim() });
    });
  });
}

import { execFile, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { UsageFault } from '../fault.ts';

/** The server's user, if it differs from this process's. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface Finished {
  readonly succeeded: boolean;
  /** The program's output, or the reason it did not start. */
  readonly output: string;
}

/**
 * Postgres refuses to run as root, so root uses another user: the data's owner, else the system's `postgres`, else `nobody`. Null for
 * any other user.
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
 * Runs a program of Postgres to its end, in its own process group: Ctrl-C reaches our whole group, and the server must survive it until
 * the calls in flight are recorded.
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
      // A minimal environment, because PGPORT, PGOPTIONS or a locale would change Postgres's behaviour.
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

import { readFile } from 'node:fs/promises';
import { flagsThatDump } from '../../frame/no-dumps.ts';
import { type Check, ok, warning } from './check.ts';

const name = 'core dumps';

/** Checks whether a crash would write keys and patients into a file. `environment`: that of the process. */
export async function checkDumps(environment: Readonly<Record<string, string | undefined>>): Promise<readonly Check[]> {
  const given = [...process.execArgv, ...(environment['NODE_OPTIONS'] ?? '').split(/\s+/)];
  const flags = flagsThatDump(given).map((flag) => flag.split('=')[0] ?? flag);
  const byFlags =
    flags.length === 0
      ? []
      : [
          warning(
            'Node’s dumps',
            `Node is started with ${flags.join(', ')}, which may write keys and patients into a file.`,
            'Take it out of NODE_OPTIONS, or out of what starts the job.',
          ),
        ];
  return [await checkCore(), ...byFlags];
}

async function checkCore(): Promise<Check> {
  const [filter, limits] = await Promise.all([read('/proc/self/coredump_filter'), read('/proc/self/limits')]);
  const isOff = /^Max core file size +0 /m.test(limits) || /^0+$/.test(filter.trim());
  if (isOff) return ok(name, 'A crash leaves no memory in a file.');
  return warning(
    name,
    'A crash may leave this process’s memory, with keys and patients, in a file.',
    'Start jobs under `ulimit -c 0`, or as the command `redox-reconcile`, which does that.',
  );
}

const read = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

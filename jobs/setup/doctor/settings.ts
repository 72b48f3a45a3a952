import { examine, type Examination } from '../../../src/config/examine.ts';
import { statsOf } from '../../../src/config/file/path.ts';
import { everyPart, settingNames } from '../../../src/config/settings.ts';
import { layersOf, type Environment } from '../../../src/config/format/sources.ts';
import { fault, ok, warning, type Check } from './check.ts';

/** The configuration: every fault at once, and whether others on this machine can read the files with secrets. */
export function checkSettings(
  environment: Environment,
  envFiles: readonly string[],
): { readonly checks: readonly Check[]; readonly values: Examination['values'] } {
  const { values, faults, warnings, doubts, effective } = examine(environment, {
    envFiles,
    requires: new Set(everyPart),
  });
  const given = effective.filter(({ origin }) => origin !== 'default' && origin !== 'not set').length;
  const settings =
    faults.length === 0
      ? [ok('settings', `${given} of ${effective.length} are given, and all of them fit.`)]
      : faults.map((said) => fault('settings', said, null));
  const names = warnings.map(({ name, nearest }) =>
    warning('names', `${name} looks like ${nearest}, which is given too.`, `Take it out if ${nearest} is meant.`),
  );
  const doubtful = doubts.map(({ name, says }) => warning('names', `Of ${name}: ${says}.`, null));
  return { checks: [...settings, ...names, ...doubtful, ...checkFiles(environment, envFiles)], values };
}

function checkFiles(environment: Environment, envFiles: readonly string[]): Check[] {
  const files = secretFiles(environment, envFiles);
  const open = files.filter(({ path }) => othersCanRead(path));
  if (open.length > 0) {
    return open.map(({ name, path }) =>
      warning('secret files', `Others on this machine can read ${path} (${name}).`, `chmod 600 ${path}`),
    );
  }
  return files.length === 0 ? [] : [ok('secret files', `Only their owner can read ${files.length} of them.`)];
}

interface NamedFile {
  readonly name: string;
  readonly path: string;
}

/** The env files, and every file that a setting names. */
function secretFiles(environment: Environment, envFiles: readonly string[]): NamedFile[] {
  const { layers } = layersOf(environment, envFiles);
  const named = layers.flatMap(({ variables }) =>
    settingNames.flatMap((setting) => {
      const path = variables[`${setting}_FILE`] ?? '';
      return path === '' ? [] : [{ name: `${setting}_FILE`, path }];
    }),
  );
  return [...envFiles.map((path) => ({ name: '--env-file', path })), ...named];
}

/** Skipped on Windows. The settings report a missing file. */
function othersCanRead(path: string): boolean {
  if (process.platform === 'win32') return false;
  const found = statsOf(path);
  return found !== null && (found.mode & 0o077) !== 0;
}

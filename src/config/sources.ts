import { readFileSync } from 'node:fs';
import { parse } from 'dotenv';
import { settingNames, settings, type Setting, type SettingName } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The text that was found for a setting and where, or what was wrong with it there. */
export type Given = {
  /** The name it was given under: another one where that stands in for the setting (`defaultFrom`). */
  readonly name: SettingName;
  readonly origin: string;
} & ({ readonly text: string } | { readonly text: null; readonly fault: string });

export interface Layer {
  readonly variables: Environment;
  /** `environment`, or the env file's name. */
  readonly origin: string;
}

/**
 * The layers in which names are looked up, the strongest first. What the environment says of a setting, by its name or
 * by `<NAME>_FILE`, wins over everything that the env file says of it.
 */
export function layersOf(environment: Environment, envFile: string | null): { layers: Layer[]; fault: string | null } {
  const own: Layer = { variables: environment, origin: 'environment' };
  if (envFile === null) return { layers: [own], fault: null };
  const file = readText(envFile);
  if (file.text === null) {
    return { layers: [own], fault: `--env-file ${envFile} cannot be read (${file.code}); expected a dotenv file.` };
  }
  return { layers: [own, { variables: parse(file.text), origin: envFile }], fault: null };
}

/** The setting's own text, else that of the setting which stands in for it, else its default. */
export function find(layers: readonly Layer[], name: SettingName): Given | null {
  for (const layer of layers) {
    const given = findIn(layer, name);
    if (given !== null) return given;
  }
  const setting: Setting = settings[name];
  if (setting.defaultFrom !== undefined) return find(layers, setting.defaultFrom as SettingName);
  return setting.default === undefined ? null : { name, origin: 'default', text: setting.default };
}

/** An empty value counts as not given: compose files and CI systems write those for what is not set. */
function findIn({ variables, origin }: Layer, name: SettingName): Given | null {
  const text = variables[name] ?? '';
  const file = variables[`${name}_FILE`] ?? '';
  if (text !== '' && file !== '') {
    return { name, origin, text: null, fault: `${name} and ${name}_FILE are both given; expected only one of them.` };
  }
  if (text !== '') return { name, origin, text };
  return file === '' ? null : fromFile(name, file);
}

function fromFile(name: SettingName, path: string): Given {
  const origin = `${name}_FILE ${path}`;
  const file = readText(path);
  const text = file.text?.replace(/[\r\n]+$/, '') ?? '';
  if (text !== '') return { name, origin, text };
  const trouble = file.text === null ? `cannot be read (${file.code})` : 'is empty';
  const fault = `${name}_FILE is ${JSON.stringify(path)}, which ${trouble}; expected a file that holds the value.`;
  return { name, origin, text: null, fault };
}

function readText(path: string): { text: string } | { text: null; code: string } {
  try {
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { text: null, code: (error as NodeJS.ErrnoException).code ?? 'unknown error' };
  }
}

/** Every name that is looked at. */
export const knownNames: readonly string[] = settingNames.flatMap((name) => [name, `${name}_FILE`]);

import { readValueFile } from '../file/text-file.ts';
import { readEnvFile, type SettingDoubt } from '../file/env-file.ts';
import { proxyNames } from '../../network/way-out.ts';
import { settingNames, settings, type Setting, type SettingName } from '../settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The text that was found for a setting and where, or what was wrong with it there. */
export type Given<Name extends string = SettingName> = {
  /** The name it was given under: another setting's if that one is its default (`defaultFrom`). */
  readonly name: Name;
  readonly origin: string;
} & ({ readonly text: string } | { readonly text: null; readonly fault: string });

export interface Layer {
  readonly variables: Environment;
  /** `environment`, or the env file's name. */
  readonly origin: string;
}

interface Layers {
  readonly layers: readonly Layer[];
  readonly faults: readonly string[];
  readonly doubts: readonly SettingDoubt[];
}

/**
 * The layers in which names are looked up, the strongest first. What the environment says of a setting, by its name or
 * by `<NAME>_FILE`, wins over everything that the env files say of it. Of the files, a later one wins over an earlier one.
 */
export function layersOf(environment: Environment, envFiles: readonly string[]): Layers {
  const own: Layer = { variables: environment, origin: 'environment' };
  const files = envFiles.map((file) => ({ file, ...readEnvFile(file, isKnown) })).reverse();
  return {
    layers: [own, ...files.map(({ file, variables }) => ({ variables, origin: file }))],
    faults: files.flatMap(({ faults }) => faults),
    doubts: files.flatMap(({ doubts }) => doubts),
  };
}

/** By its name, or by `<NAME>_FILE`, in the strongest layer that has either. */
export function textIn<Name extends string>(layers: readonly Layer[], name: Name): Given<Name> | null {
  for (const layer of layers) {
    const given = findIn(layer, name);
    if (given !== null) return given;
  }
  return null;
}

/** The setting's own text, else that of its `defaultFrom`, else its default. */
export function find(layers: readonly Layer[], name: SettingName): Given | null {
  const given = textIn(layers, name);
  if (given !== null) return given;
  const setting: Setting = settings[name];
  if (setting.defaultFrom !== undefined) return find(layers, setting.defaultFrom as SettingName);
  const text = (readsFhir(layers, setting) ? setting.fhirDefault : undefined) ?? setting.default;
  return text === undefined ? null : { name, origin: 'default', text };
}

const readsFhir = (layers: readonly Layer[], { fhirDefault }: Setting): boolean =>
  fhirDefault !== undefined && /^\s*fhir:/i.test(find(layers, 'EHR_URL')?.text ?? '');

/** An empty value counts as unset: compose files and CI systems write empty values for unset variables. */
function findIn<Name extends string>({ variables, origin }: Layer, name: Name): Given<Name> | null {
  const text = variables[name] ?? '';
  const file = variables[`${name}_FILE`] ?? '';
  if (text !== '' && file !== '') {
    return { name, origin, text: null, fault: `${name} and ${name}_FILE are both given; expected only one of them.` };
  }
  if (text !== '') return asMeant(name, name, { origin, text });
  if (file === '') return null;
  const path = asMeant(name, `${name}_FILE`, { origin, text: file });
  return path.text === null ? path : fromFile(name, path.text);
}

/** A value with the quotes of a dotenv file still around it is never meant: `docker --env-file` keeps them. */
function asMeant<Name extends string>(
  name: Name,
  givenAs: string,
  { origin, text }: { origin: string; text: string },
): Given<Name> {
  if (!isInQuotes(text)) return { name, origin, text };
  return { name, origin, text: null, fault: quotesFault(givenAs, origin) };
}

const isInQuotes = (text: string): boolean => /^(['"`])[^]*\1$/.test(text.trim()) && text.trim().length > 1;

const quotesFault = (name: string, origin: string): string =>
  `${name} (${origin}) has quotes around its value, as docker --env-file leaves them; take them out.`;

function fromFile<Name extends string>(name: Name, path: string): Given<Name> {
  const origin = `${name}_FILE ${path}`;
  const file = readValueFile(path);
  if (file.text !== null) return asMeant(name, name, { origin, text: file.text });
  const fault = `${name}_FILE is ${JSON.stringify(path)}, which ${file.trouble}; expected a file that holds the value.`;
  return { name, origin, text: null, fault };
}

export const knownNames: readonly string[] = settingNames.flatMap((name) => [name, `${name}_FILE`]);

/** Our own settings, and the common ones that the program also reads. */
const isKnown = (name: string): boolean => knownNames.includes(name) || proxyNames.includes(name);

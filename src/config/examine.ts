import { UsageFault } from '../fault.ts';
import { type WayOut } from '../network/way-out.ts';
import { harmlessPart } from './format/addresses.ts';
import type { SettingDoubt } from './file/env-file.ts';
import { readOrganizationFile } from './file/organization-file.ts';
import { checkNames, type NameWarning } from './names.ts';
import { processDoubts, proxyFault, wayOutOf } from './format/network.ts';
import { settingNames, settings, type Part, type Setting, type SettingName, type Values } from './settings.ts';
import { find, layersOf, type Environment, type Given, type Layer } from './format/sources.ts';

/** Everything there is to say about an environment: what it gives, what is wrong with it, where each value came from. */
export interface Examination {
  readonly values: Values;
  /** Sentences, each with a name, what is wrong and what is expected. */
  readonly faults: readonly string[];
  readonly warnings: readonly NameWarning[];
  readonly doubts: readonly SettingDoubt[];
  readonly wayOut: WayOut;
  readonly effective: readonly EffectiveSetting[];
}

export interface EffectiveSetting {
  readonly name: SettingName;
  /** The text as given, `***` for a secret, null where nothing is given. */
  readonly shown: string | null;
  readonly origin: string;
}

interface Question {
  readonly envFiles: readonly string[];
  /** The parts that the job needs: their settings are required and their faults count. */
  readonly requires: ReadonlySet<Part>;
}

export function examine(environment: Environment, { envFiles, requires }: Question): Examination {
  const { layers, faults: unreadable, doubts } = layersOf(environment, envFiles);
  const names = checkNames(layers);
  const needed = settingNames.filter((name) => isNeeded(settings[name], requires));
  const readings = needed.map((name) => readSetting(layers, name));
  const values = withDefaults(new Map(readings.map(({ name, value }) => [name, value])));
  const faults = [
    ...unreadable,
    ...names.faults,
    ...readings.flatMap((reading) => reading.fault ?? []),
    ...(requires.has('redox') ? redoxFaults(layers, values) : []),
  ];
  return {
    values,
    faults: [...new Set(faults)],
    warnings: names.warnings,
    doubts: [...doubts, ...processDoubts(layers)],
    wayOut: wayOutOf(layers),
    effective: settingNames.map((name) => show(name, find(layers, name))),
  };
}

const redoxFaults = (layers: readonly Layer[], values: Values): string[] => [
  ...credentialFaults(layers),
  ...platformFaults(layers),
  ...networkFaults(layers),
  ...organizationFaults(values),
  ...rateFaults(layers),
  ...proxyFaults(layers),
];

const isNeeded = ({ part }: Setting, requires: ReadonlySet<Part>): boolean => part === 'always' || requires.has(part);

const withDefaults = (values: ReadonlyMap<SettingName, unknown>): Values =>
  Object.fromEntries(
    settingNames.flatMap((name) => {
      const { default: text, isOwn, format }: Setting = settings[name];
      const value = values.get(name);
      if (value !== undefined) return [[name, value]];
      return text === undefined || isOwn === true ? [] : [[name, format.parse(text)]];
    }),
  ) as Values;

interface Reading {
  readonly name: SettingName;
  readonly value?: unknown;
  readonly fault?: string;
}

function readSetting(layers: readonly Layer[], name: SettingName): Reading {
  const setting: Setting = settings[name];
  const given = find(layers, name);
  if (given === null) return setting.required ? { name, fault: missing(name, setting) } : { name };
  if (given.text === null) return { name, fault: given.fault };
  const read = setting.format.safeParse(given.text);
  if (read.success) return { name, value: read.data };
  const clause = read.error.issues.find((issue) => issue.message.startsWith('which '))?.message;
  return { name, fault: describeInvalid(given, clause) };
}

/** Where a setting has a stand-in, that one is asked for: it is demanded as well, and one sentence is enough. */
const missing = (name: SettingName, { defaultFrom, expected }: Setting): string =>
  defaultFrom === undefined
    ? `${name} is not set; expected ${expected}.`
    : missing(defaultFrom as SettingName, settings[defaultFrom as SettingName]);

function describeInvalid(given: Given & { readonly text: string }, clause?: string): string {
  const setting: Setting = settings[given.name];
  const value = setting.secret ? 'set to a value (not shown)' : echo(given.text);
  const where = given.origin === 'environment' ? '' : ` (${given.origin})`;
  return `${given.name} is ${value}${where}${clause === undefined ? '' : `, ${clause}`}; expected ${setting.expected}.`;
}

/** One line of limited length, with the password of an address removed. */
function echo(text: string): string {
  const masked = text.replaceAll(/\/\/[^/@\s]*@/g, '//***@');
  return JSON.stringify(masked.length > 80 ? `${masked.slice(0, 80)}…` : masked);
}

const oauthNames = ['REDOX_CLIENT_ID', 'REDOX_KEY_ID', 'REDOX_PRIVATE_KEY'] as const;
const legacyNames = ['REDOX_API_KEY', 'REDOX_API_SECRET'] as const;

/** Either the three names of an OAuth key or the two of a legacy one. */
function credentialFaults(layers: readonly Layer[]): string[] {
  const isGiven = (name: SettingName): boolean => find(layers, name) !== null;
  const oauth = oauthNames.filter(isGiven);
  const legacy = legacyNames.filter(isGiven);
  if (oauth.length > 0 && legacy.length > 0) {
    return [`${oauth[0]} and ${legacy[0]} are both given; expected an OAuth API key or a legacy one, not both.`];
  }
  if (oauth.length === 0 && legacy.length === 0) {
    return [
      `${oauthNames.join(', ')} are not set; expected these three, or ${legacyNames.join(' and ')} for a legacy key.`,
    ];
  }
  const group = legacy.length > 0 ? legacyNames : oauthNames;
  return group.filter((name) => !isGiven(name)).map((name) => missing(name, settings[name]));
}

const platformNames = [
  'REDOX_PLATFORM_CLIENT_ID',
  'REDOX_PLATFORM_KEY_ID',
  'REDOX_PLATFORM_PRIVATE_KEY',
  'REDOX_ORGANIZATION_ID',
  'REDOX_ENVIRONMENT_ID',
] as const;

/** All of them, or none: then acceptance is not confirmed. */
function platformFaults(layers: readonly Layer[]): string[] {
  const absent = platformNames.filter((name) => find(layers, name) === null);
  return absent.length === platformNames.length ? [] : absent.map((name) => missing(name, settings[name]));
}

const userNames = ['CAREQUALITY_ORGANIZATION_NAME', 'CAREQUALITY_USER_ID', 'CAREQUALITY_USER_ROLE'] as const;

/** TEFCA and CommonWell want to know who answers for a patient's message. */
function networkFaults(layers: readonly Layer[]): string[] {
  if (find(layers, 'NETWORK')?.text !== 'tefca-commonwell') return [];
  return userNames.filter((name) => find(layers, name) === null).map((name) => missing(name, settings[name]));
}

function organizationFaults({ ORGANIZATION_FILE: file, ORGANIZATION_OID: oid, ...values }: Values): string[] {
  if (file === undefined && values.ORGANIZATION_CHECK === 'weekly') {
    return ['ORGANIZATION_CHECK is weekly; expected ORGANIZATION_FILE, with which the directory is compared'];
  }
  if (file === undefined || oid === undefined) return [];
  try {
    readOrganizationFile(file, oid);
    return [];
  } catch (error) {
    if (error instanceof UsageFault) return [`ORGANIZATION_FILE: ${error.message.replaceAll(/\s*\n\s*/g, ' ')}`];
    throw error;
  }
}

/** Redox cuts off a client address that sends too fast, and a live feed may share it. */
function rateFaults(layers: readonly Layer[]): string[] {
  const base = find(layers, 'REDOX_BASE_URL')?.text ?? '';
  const isRedox = /^https:\/\/([\w-]+\.)*redoxengine\.com(\/|:|$)/i.test(base);
  const limits = { RATE_LIMIT: '5000/5m', PLATFORM_RATE_LIMIT: '600/5m' } as const;
  const unlimited = (['RATE_LIMIT', 'PLATFORM_RATE_LIMIT'] as const).filter((name) => find(layers, name)?.text === '0');
  if (!isRedox) return [];
  return unlimited.map(
    (name) =>
      `${name}=0 (unlimited) is allowed only against the stand-in, but REDOX_BASE_URL is ${echo(base)}; expected a limit such as ${limits[name]}.`,
  );
}

/** An invalid proxy is a fault only if Redox would be reached through it. */
function proxyFaults(layers: readonly Layer[]): string[] {
  const base = find(layers, 'REDOX_BASE_URL')?.text ?? '';
  const fault = URL.canParse(base) ? proxyFault(base, layers) : null;
  return fault === null ? [] : [fault];
}

function show(name: SettingName, given: Given | null): EffectiveSetting {
  if (given === null) return { name, shown: null, origin: 'not set' };
  const origin = given.name === name ? given.origin : `from ${given.name}`;
  if (given.text === null) return { name, shown: null, origin };
  const { secret }: Setting = settings[name];
  if (secret === 'address') return { name, shown: harmlessPart(given.text), origin };
  return { name, shown: secret ? '***' : echo(given.text), origin };
}

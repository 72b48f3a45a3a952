import * as address from './format/addresses.ts';
import type { Format } from './format/format.ts';
import { sendSsnWords, networks } from '../message/context.ts';
import { zipFormats } from '../values/contact/address.ts';
import * as format from './format/formats.ts';
import { fhirSettings } from './fhir-settings.ts';
import { healthSettings } from './health-settings.ts';
import { platformSettings } from './platform-settings.ts';
import { rateSettings } from './rate-settings.ts';
import { timeZone } from './format/time-zone.ts';

/** What a setting is for: a part of the configuration that some jobs need and others do not, or `always`. */
export const everyPart = ['ehr', 'siteTimeZone', 'ledger', 'ledgerKey', 'redox'] as const;
export type Part = (typeof everyPart)[number];

/** One name of the environment. `.env.example` explains each of them to people; a test holds the two together. */
export interface Setting<T = unknown> {
  readonly part: Part | 'always';
  readonly format: Format<T>;
  /** Completes "expected …". */
  readonly expected: string;
  /** Must be given, by its own name or by that of `defaultFrom`. */
  readonly required?: true;
  readonly default?: string;
  /** The default where EHR_URL names FHIR files. */
  readonly fhirDefault?: string;
  /** Where it cannot be read, its default does not stand in: that is another site's. */
  readonly isOwn?: true;
  readonly defaultFrom?: string;
  /** Its value is never shown; of an address that holds a password, the harmless part is. */
  readonly secret?: true | 'address';
}

/** Keeps the type of each format while the table is checked. */
const table = <T extends Readonly<Record<string, Setting>>>(settings: T): T => settings;

const hour = 3_600_000;

export const settings = table({
  EHR_URL: {
    part: 'ehr',
    format: address.ehrUrl,
    expected: 'postgres://<user>:<password>@<host>/<database>, mysql://…, fhir:<folder> or csv:<folder>',
    required: true,
    secret: 'address',
  },
  EHR_CONTRACT: {
    part: 'ehr',
    format: format.contractFolder,
    expected: "a folder with the contract's SQL",
    default: 'sql/ehr/demo',
    fhirDefault: 'sql/ehr/us-core',
    isOwn: true,
  },
  EHR_TIME_ZONE: {
    part: 'ehr',
    format: timeZone,
    expected: 'an IANA time zone such as America/Chicago',
    required: true,
  },
  EHR_SCAN_TIMEOUT: {
    part: 'ehr',
    format: format.duration(1_000, 24 * hour),
    expected: 'a duration from 1s to 24h, such as 2h',
  },
  EHR_SCAN_PAUSE: {
    part: 'ehr',
    format: format.duration(0, 60_000),
    expected: 'a duration from 0s to 60s, such as 50ms',
    default: '0s',
  },
  CSV_ENCODING: {
    part: 'ehr',
    format: format.oneOf(['utf-8', 'windows-1252', 'utf-16']),
    expected: 'utf-8, windows-1252 or utf-16',
    default: 'utf-8',
  },
  CSV_DELIMITER: {
    part: 'ehr',
    format: format.csvDelimiter,
    expected: 'comma, semicolon, tab or pipe; not set, it is found in the header',
  },
  CSV_ESCAPE: {
    part: 'ehr',
    format: format.oneOf(['quote', 'backslash']),
    expected: 'quote (a quote within quotes is doubled) or backslash (as MySQL writes: \\" and \\N)',
    default: 'quote',
  },
  LINES_LEFT_OUT: {
    part: 'ehr',
    format: format.share,
    expected: 'a share such as 0.1% of the lines of patients or encounters',
    default: '0.1%',
  },
  EXTRACT_MAX_AGE: {
    part: 'ehr',
    format: format.duration(60_000, 9_999 * hour),
    expected: 'a duration from 1m to 9999h, such as 36h',
    default: '36h',
  },
  EXTRACT_SETTLE: {
    part: 'ehr',
    format: format.duration(0, 10 * 60_000),
    expected: 'a duration from 0s to 10m, such as 2s',
    default: '2s',
  },
  ...fhirSettings,
  FILLER_DATES: {
    part: 'ehr',
    format: format.fillerDates,
    expected: 'dates such as +1901-01-01,-1900-01-01',
  },
  SITE_TIME_ZONE: {
    part: 'siteTimeZone',
    format: timeZone,
    expected: 'an IANA time zone such as America/Chicago',
    required: true,
    defaultFrom: 'EHR_TIME_ZONE',
  },
  LEDGER_URL: {
    part: 'ledger',
    format: address.ledgerUrl,
    expected: 'postgres://<user>:<password>@<host>/<database> or embedded:<folder>',
    required: true,
    secret: 'address',
  },
  LEDGER_KEY: {
    part: 'ledgerKey',
    format: format.base64Key(32),
    expected: 'at least 32 random bytes in base64 (openssl rand -base64 32)',
    required: true,
    secret: true,
  },
  LEDGER_KEY_PREVIOUS: {
    part: 'ledgerKey',
    format: format.base64Key(32),
    expected: 'the LEDGER_KEY of before the rotation',
    secret: true,
  },
  REDOX_BASE_URL: {
    part: 'redox',
    format: address.baseUrl,
    expected: 'an https:// address (http:// only for a stand-in on this machine)',
    default: 'https://api.redoxengine.com',
  },
  REDOX_ENVIRONMENT: {
    part: 'redox',
    format: format.oneOf(['development', 'staging', 'production']),
    expected: 'development, staging or production',
    required: true,
  },
  REDOX_CLIENT_ID: { part: 'redox', format: format.id, expected: 'the client id of the OAuth API key' },
  REDOX_KEY_ID: { part: 'redox', format: format.id, expected: 'the key id (kid) of the OAuth API key' },
  REDOX_PRIVATE_KEY: {
    part: 'redox',
    format: format.privateKey,
    expected: 'a private key, RSA of 2048 bits or more or EC on the curve P-384, as PEM (PKCS#8) or JWK',
    secret: true,
  },
  REDOX_API_KEY: { part: 'redox', format: format.id, expected: 'the legacy API key', secret: true },
  REDOX_API_SECRET: { part: 'redox', format: format.secretText, expected: 'the legacy API secret', secret: true },
  REDOX_SOURCE_ID: { part: 'redox', format: format.id, expected: "the id of the site's source at Redox" },
  REDOX_DESTINATION_ID: {
    part: 'redox',
    format: format.id,
    expected: "the id of the organisation's own repository destination at Redox",
    required: true,
  },
  ORGANIZATION_OID: {
    part: 'redox',
    format: format.oid,
    expected: 'an OID such as 2.16.840.1.113883.3.6147.458.2 as Redox issued it',
    required: true,
  },
  PATIENT_OID: {
    part: 'redox',
    format: format.oid,
    expected: 'an OID such as 2.16.840.1.113883.3.6147.458.2.1 as Redox issued it',
    required: true,
  },
  DOCUMENT_OID: {
    part: 'redox',
    format: format.oid,
    expected: 'an OID as Redox issued it',
    required: true,
    defaultFrom: 'ORGANIZATION_OID',
  },
  DOCUMENT_TYPE: { part: 'redox', format: format.oneOf(['code', 'name']), expected: 'code or name', default: 'code' },
  SEND_SSN: {
    part: 'redox',
    format: format.oneOf(sendSsnWords),
    expected: 'patients, everywhere or never',
    default: 'patients',
  },
  NETWORK: {
    part: 'redox',
    format: format.oneOf(networks),
    expected: 'carequality or tefca-commonwell',
    default: 'carequality',
  },
  ORGANIZATION_FILE: { part: 'redox', format: format.folder, expected: 'the file of the job organization' },
  ORGANIZATION_CHECK: {
    part: 'redox',
    format: format.oneOf(['weekly', 'never']),
    expected: 'weekly or never',
    default: 'never',
  },
  ZIP_FORMAT: { part: 'redox', format: format.oneOf(zipFormats), expected: 'five or as-given', default: 'five' },
  ...platformSettings,
  CONCURRENCY: {
    part: 'always',
    format: format.wholeNumber(1, 256),
    expected: 'a whole number from 1 to 256',
    default: '8',
  },
  ...rateSettings,
  LARGE_CHANGE: {
    part: 'always',
    format: format.changeLimits,
    expected: 'shares such as changed=20%,gone=2%, of the words changed, gone, new, merged and unmerged',
    default: 'changed=20%,gone=2%,new=20%,merged=2%,unmerged=1%',
  },
  UNKNOWN_OUTCOME: {
    part: 'always',
    format: format.oneOf(['resend', 'hold']),
    expected: 'resend or hold',
    default: 'resend',
  },
  WATERMARK_OVERLAP: {
    part: 'always',
    format: format.duration(0, 168 * hour),
    expected: 'a duration from 0s to 168h, such as 1h or 90m',
    default: '1h',
  },
  CALL_TIMEOUT: {
    part: 'always',
    format: format.duration(1, hour),
    expected: 'a duration from 1ms to 1h, such as 120s',
    default: '120s',
  },
  DOCUMENT_SIZE_LIMIT: {
    part: 'always',
    format: format.size(1_000, 100_000_000),
    expected: 'a size from 1KB to 100MB, such as 10MB, or a number of bytes',
    default: '10MB',
  },
  LOG_LEVEL: {
    part: 'always',
    format: format.oneOf(['error', 'warn', 'info', 'debug']),
    expected: 'error, warn, info or debug',
    default: 'info',
  },
  ...healthSettings,
  RETENTION_DAYS: {
    part: 'always',
    format: format.wholeNumber(1, 99_999),
    expected: 'a whole number of days from 1 to 99999',
    default: '400',
  },
  REPORT_DIR: { part: 'always', format: format.folder, expected: 'a folder', default: 'out/reports' },
} as const);

export type SettingName = keyof typeof settings;
export const settingNames = Object.keys(settings) as SettingName[];

type ValueOf<Name extends SettingName> = (typeof settings)[Name]['format'] extends Format<infer T> ? T : never;
type WithDefault = {
  [Name in SettingName]: (typeof settings)[Name] extends { default: string; isOwn?: never } ? Name : never;
}[SettingName];

/** The values read. In place of a missing, unused or unreadable one stands the default, if there is one. */
export type Values = { readonly [Name in WithDefault]: ValueOf<Name> } & {
  readonly [Name in Exclude<SettingName, WithDefault>]?: ValueOf<Name>;
};

import type { ChangeLimits } from '../decide/change.ts';
import type { PlanAhead } from '../decide/plan/plan-ahead.ts';
import { UsageFault } from '../fault.ts';
import type { Organization } from '../directory/organization.ts';
import type { MessageSettings, NetworkUser } from '../message/context.ts';
import { readOrganizationFile } from './file/organization-file.ts';
import { type FillerDates, usualFillerDates } from '../values/time/event-time.ts';
import type { Secret } from '../secret.ts';
import type { WayOut } from '../network/way-out.ts';
import { examine } from './examine.ts';
import { type FhirSettings, fhirSettingsOf } from './fhir-settings.ts';
import type { CsvDelimiter } from './format/formats.ts';
import { type RateBudgetConfig, rateBudgetOf } from './rate-settings.ts';
import { everyPart, type Part, type Values } from './settings.ts';
import type { Environment } from './format/sources.ts';

export type { Part } from './settings.ts';
export type { FhirSettings } from './fhir-settings.ts';
export type { Environment } from './format/sources.ts';

/** The effective configuration. Frozen; every name and its default stand in `.env.example`. */
export interface Config {
  readonly ehr: {
    readonly source: EhrSource;
    /** Folder with the contract's SQL, absolute. */
    readonly contractFolder: string;
    /** IANA zone of the EHR's zoneless times. */
    readonly timeZone: string;
    readonly scanPace: ScanPace;
    readonly extracts: ExtractSettings;
    readonly fhir: FhirSettings;
    /** Dates that the site writes where it knows none, beside the usual ones. */
    readonly fillerDates: FillerDates;
  };
  /** IANA zone of schedules, `--until` and dates on the command line. */
  readonly siteTimeZone: string;
  readonly ledger: LedgerStore;
  /** 32 or more random bytes, base64: wraps the key of the fingerprints. */
  readonly ledgerKey: Secret;
  readonly ledgerKeyPrevious: Secret | null;
  readonly redox: RedoxConfig;
  /** `weekly`: `nightly` compares the directory's record with the file. */
  readonly organizationCheck: 'weekly' | 'never';
  /** Null: acceptance is not confirmed. */
  readonly platform: PlatformConfig | null;
  /** After this time, a message without a final log is late, and an accepted one can be expected at Redox. */
  readonly confirmWithinMs: number;
  readonly concurrency: number;
  /** At most `calls` in any rolling `windowMs`; null for unlimited. */
  readonly rateLimit: RateLimit | null;
  /** Beside it, a limit shared with other processes; null for none. */
  readonly rateBudget: RateBudgetConfig | null;
  /** Calls that are planned beforehand; what is due beyond them waits. */
  readonly planAhead: PlanAhead;
  /** What share of the rows may change in a night without a person's word. */
  readonly largeChange: ChangeLimits;
  readonly unknownOutcome: 'resend' | 'hold';
  readonly watermarkOverlapMs: number;
  /** Of a message as JSON; a larger one is not sent. */
  readonly documentSizeLimitBytes: number;
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug';
  readonly retentionDays: number;
  /** Absolute. Each run writes `<reportDir>/<run id>/`. */
  readonly reportDir: string;
}

const usualScanTimeoutMs = 2 * 3_600_000;

/** How an EHR is read that others work with. */
interface ScanPace {
  /** The longest time for one query over all rows. */
  readonly timeoutMs: number;
  /** Nobody has asked for that time, so a shorter one that the EHR's administrator has set stands. */
  readonly timeoutYields: boolean;
  /** Rest after each megabyte. */
  readonly pauseMs: number;
}

/** How CSV extracts are written, and how much age and damage of them is borne. */
export interface ExtractSettings {
  readonly encoding: 'utf-8' | 'windows-1252' | 'utf-16';
  /** Null: found in the header. */
  readonly delimiter: CsvDelimiter | null;
  /** The escape character before a quote within quotes. */
  readonly escape: 'quote' | 'backslash';
  /** The share of the lines of patients or encounters that may be left out, where that is more than the guard's own. */
  readonly linesLeftOut: number;
  /** An older extract needs a person. */
  readonly maxAgeMs: number;
  /** How long a file must stay as it is before it is read. */
  readonly settleMs: number;
}

type EhrSource =
  | { readonly kind: 'postgres' | 'mysql'; readonly url: Secret }
  | { readonly kind: 'csv' | 'fhir'; readonly folder: string };

export type LedgerStore =
  { readonly kind: 'postgres'; readonly url: Secret } | { readonly kind: 'embedded'; readonly folder: string };

export interface RateLimit {
  readonly calls: number;
  readonly windowMs: number;
}

/** Where Redox is, and with which key this site reaches it. */
export type RedoxAddress = Pick<RedoxConfig, 'baseUrl' | 'wayOut' | 'callTimeoutMs' | 'credentials' | 'sourceId'>;

export interface RedoxConfig extends MessageSettings {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly wayOut: WayOut;
  readonly callTimeoutMs: number;
  readonly environment: 'development' | 'staging' | 'production';
  readonly credentials: RedoxCredentials;
  readonly sourceId: string | null;
  readonly destinationId: string;
  readonly organizationOid: string;
  readonly patientOid: string;
  readonly documentOid: string;
  /** Who asks through the network; null if a setting is missing. */
  readonly networkUser: NetworkUser | null;
  /** The organisation, as it names itself in documents (`ORGANIZATION_FILE`). */
  readonly sender: Organization | null;
}

export type RedoxCredentials =
  | {
      readonly kind: 'oauth';
      readonly clientId: string;
      readonly keyId: string;
      /** PEM (PKCS#8) or JWK. */
      readonly privateKey: Secret;
    }
  | { readonly kind: 'legacy'; readonly apiKey: string; readonly apiSecret: Secret };

/** Access to the logs at Redox, with a user-level key. */
export interface PlatformConfig {
  readonly credentials: RedoxCredentials & { readonly kind: 'oauth' };
  readonly organizationId: string;
  readonly environmentId: string;
  readonly rateLimit: RateLimit | null;
}

/** What a job gets that needs only some parts: those, and what has a default anyway. */
export type Configured<P extends Part> = Pick<
  Config,
  | Exclude<keyof Config, Part | 'ledgerKeyPrevious' | 'platform'>
  | P
  | (P extends 'ledgerKey' ? 'ledgerKeyPrevious' : never)
  | (P extends 'redox' ? 'platform' : never)
>;

interface LoadOptions<P extends Part> {
  /** The parts that the job needs; all of them by default. Faults of other parts are ignored. */
  readonly requires?: readonly P[];
  /** Dotenv files; a later one wins over an earlier one, and the environment over all. */
  readonly envFiles?: readonly string[];
}

/** Environment → configuration, or one fault that lists everything that is wrong with it. */
export function loadConfig(environment: Environment): Config;
export function loadConfig<P extends Part = Part>(environment: Environment, options: LoadOptions<P>): Configured<P>;
export function loadConfig(environment: Environment, options: LoadOptions<Part> = {}): Configured<Part> {
  const requires = new Set(options.requires ?? everyPart);
  const { values, faults, wayOut } = examine(environment, { envFiles: options.envFiles ?? [], requires });
  if (faults.length > 0) throw new UsageFault(['The configuration does not fit:', ...faults].join('\n  '));
  return assemble(values, wayOut, requires) as Configured<Part>;
}

/** Only called where `examine` found nothing wrong: what a part needs is there. */
function assemble(values: Values, wayOut: WayOut, requires: ReadonlySet<Part>): Partial<Config> {
  const part = <T extends Partial<Config>>(name: Part, make: () => T): Partial<T> => (requires.has(name) ? make() : {});
  return Object.freeze({
    ...part('ehr', () => ({
      ehr: Object.freeze({
        source: given(values.EHR_URL),
        contractFolder: given(values.EHR_CONTRACT),
        timeZone: given(values.EHR_TIME_ZONE),
        scanPace: Object.freeze({
          timeoutMs: values.EHR_SCAN_TIMEOUT ?? usualScanTimeoutMs,
          timeoutYields: values.EHR_SCAN_TIMEOUT === undefined,
          pauseMs: values.EHR_SCAN_PAUSE,
        }),
        extracts: Object.freeze({
          encoding: values.CSV_ENCODING,
          delimiter: values.CSV_DELIMITER ?? null,
          escape: values.CSV_ESCAPE,
          linesLeftOut: values.LINES_LEFT_OUT,
          maxAgeMs: values.EXTRACT_MAX_AGE,
          settleMs: values.EXTRACT_SETTLE,
        }),
        fhir: fhirSettingsOf(values),
        fillerDates: values.FILLER_DATES ?? usualFillerDates,
      }),
    })),
    ...part('siteTimeZone', () => ({ siteTimeZone: given(values.SITE_TIME_ZONE) })),
    ...part('ledger', () => ({ ledger: given(values.LEDGER_URL) })),
    ...part('ledgerKey', () => ({
      ledgerKey: given(values.LEDGER_KEY),
      ledgerKeyPrevious: values.LEDGER_KEY_PREVIOUS ?? null,
    })),
    ...part('redox', () => ({ redox: redoxConfig(values, wayOut), platform: platformConfig(values) })),
    organizationCheck: values.ORGANIZATION_CHECK,
    confirmWithinMs: values.CONFIRM_WITHIN,
    concurrency: values.CONCURRENCY,
    rateLimit: values.RATE_LIMIT,
    rateBudget: rateBudgetOf(values),
    planAhead: values.PLAN_AHEAD ?? null,
    largeChange: values.LARGE_CHANGE,
    unknownOutcome: values.UNKNOWN_OUTCOME,
    watermarkOverlapMs: values.WATERMARK_OVERLAP,
    documentSizeLimitBytes: values.DOCUMENT_SIZE_LIMIT,
    logLevel: values.LOG_LEVEL,
    retentionDays: values.RETENTION_DAYS,
    reportDir: values.REPORT_DIR,
  });
}

function redoxConfig(values: Values, wayOut: WayOut): RedoxConfig {
  return Object.freeze({
    baseUrl: values.REDOX_BASE_URL,
    wayOut,
    callTimeoutMs: values.CALL_TIMEOUT,
    environment: given(values.REDOX_ENVIRONMENT),
    credentials: Object.freeze(credentials(values)),
    sourceId: values.REDOX_SOURCE_ID ?? null,
    destinationId: given(values.REDOX_DESTINATION_ID),
    organizationOid: given(values.ORGANIZATION_OID),
    patientOid: given(values.PATIENT_OID),
    documentOid: given(values.DOCUMENT_OID),
    documentType: values.DOCUMENT_TYPE,
    zipFormat: values.ZIP_FORMAT,
    sendSsn: values.SEND_SSN,
    network:
      values.NETWORK === 'carequality' ? { name: values.NETWORK } : { name: values.NETWORK, ...given(userOf(values)) },
    networkUser: userOf(values),
    sender:
      values.ORGANIZATION_FILE === undefined
        ? null
        : readOrganizationFile(values.ORGANIZATION_FILE, given(values.ORGANIZATION_OID)),
  });
}

function platformConfig(values: Values): PlatformConfig | null {
  if (values.REDOX_PLATFORM_CLIENT_ID === undefined) return null;
  return Object.freeze({
    credentials: Object.freeze({
      kind: 'oauth',
      clientId: values.REDOX_PLATFORM_CLIENT_ID,
      keyId: given(values.REDOX_PLATFORM_KEY_ID),
      privateKey: given(values.REDOX_PLATFORM_PRIVATE_KEY),
    }),
    organizationId: String(given(values.REDOX_ORGANIZATION_ID)),
    environmentId: given(values.REDOX_ENVIRONMENT_ID),
    rateLimit: values.PLATFORM_RATE_LIMIT,
  });
}

function userOf(values: Values): NetworkUser | null {
  const {
    CAREQUALITY_ORGANIZATION_NAME: organizationName,
    CAREQUALITY_USER_ID: userId,
    CAREQUALITY_USER_ROLE: userRole,
  } = values;
  if (organizationName === undefined || userId === undefined || userRole === undefined) return null;
  return { organizationName, userId, userRole };
}

function credentials(values: Values): RedoxCredentials {
  if (values.REDOX_API_KEY !== undefined) {
    return { kind: 'legacy', apiKey: values.REDOX_API_KEY, apiSecret: given(values.REDOX_API_SECRET) };
  }
  return {
    kind: 'oauth',
    clientId: given(values.REDOX_CLIENT_ID),
    keyId: given(values.REDOX_KEY_ID),
    privateKey: given(values.REDOX_PRIVATE_KEY),
  };
}

function given<T>(value: T | undefined | null): T {
  if (value === undefined || value === null) throw new Error('a setting is missing that the examination had let pass');
  return value;
}

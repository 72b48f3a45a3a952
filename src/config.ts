import type { Secret } from './core/secret.ts';

/** The effective configuration. Frozen; every name and its default stand in `.env.example`. */
export interface Config {
  readonly ehr: {
    readonly source: EhrSource;
    /** Folder with the contract's SQL, absolute. */
    readonly contractFolder: string;
    /** IANA zone of the EHR's zoneless times. */
    readonly timeZone: string;
  };
  /** IANA zone of schedules, `--until` and dates on the command line. */
  readonly siteTimeZone: string;
  readonly ledger: LedgerStore;
  /** 32 or more random bytes, base64: wraps the key of the fingerprints. */
  readonly ledgerKey: Secret;
  readonly ledgerKeyPrevious: Secret | null;
  readonly redox: RedoxConfig;
  /** Calls in flight. */
  readonly concurrency: number;
  /** Never more than `calls` in any rolling `windowMs`; null for no limit. */
  readonly rateLimit: RateLimit | null;
  readonly unknownOutcome: 'resend' | 'hold';
  readonly watermarkOverlapMs: number;
  readonly callTimeoutMs: number;
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug';
  /** Absolute. Each run writes `<reportDir>/<run id>/`. */
  readonly reportDir: string;
}

export type EhrSource =
  { readonly kind: 'postgres'; readonly url: Secret } | { readonly kind: 'csv'; readonly folder: string };

export type LedgerStore =
  { readonly kind: 'postgres'; readonly url: Secret } | { readonly kind: 'embedded'; readonly folder: string };

export interface RateLimit {
  readonly calls: number;
  readonly windowMs: number;
}

export interface RedoxConfig {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly environment: 'development' | 'staging' | 'production';
  readonly credentials: RedoxCredentials;
  readonly sourceId: string | null;
  readonly destinationId: string;
  readonly organizationOid: string;
  readonly patientOid: string;
  readonly documentOid: string;
  /** What stands in `Header.Document.Type` beside the code in `TypeCode`. */
  readonly documentType: 'code' | 'name';
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

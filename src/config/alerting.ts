import type { LedgerStore } from './config.ts';
import type { Secret } from '../secret.ts';
import type { AlertThresholds } from '../decide/health.ts';
import type { WayOut } from '../network/way-out.ts';
import { examine } from './examine.ts';
import type { Environment } from './format/sources.ts';

/** Who hears how a job ended, and by what. */
export interface Alerting {
  readonly webhookUrl: Secret | null;
  readonly heartbeatUrl: Secret | null;
  readonly thresholds: AlertThresholds;
  readonly wayOut: WayOut;
  readonly metricsFile: string | null;
  /** Where `schedule` serves metrics and its health. */
  readonly metricsAddress: { readonly host: string; readonly port: number } | null;
  /** Where to remember while there is no ledger, and where the reports of a run are. */
  readonly reportDir: string;
  /** Null where the setting cannot be read. */
  readonly ledger: LedgerStore | null;
}

/** The readable part: a job must be able to alert about an invalid configuration. `loadConfig` reports the faults. */
export function loadAlerting(environment: Environment, envFiles: readonly string[]): Alerting {
  const { values, wayOut } = examine(environment, { envFiles, requires: new Set(['ledger']) });
  return {
    webhookUrl: values.ALERT_WEBHOOK_URL ?? null,
    heartbeatUrl: values.HEARTBEAT_URL ?? null,
    thresholds: values.ALERT_THRESHOLDS,
    wayOut,
    metricsFile: values.METRICS_FILE ?? null,
    metricsAddress: values.METRICS_PORT ?? null,
    reportDir: values.REPORT_DIR,
    ledger: values.LEDGER_URL ?? null,
  };
}

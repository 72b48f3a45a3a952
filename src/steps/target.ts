import type { RedoxConfig } from '../config.ts';
import type { MessageContext } from '../core/message/context.ts';
import type { Target } from '../ledger/target.ts';

/** What the ledger is bound to. */
export const targetOf = (redox: RedoxConfig): Target => ({
  environment: redox.environment,
  baseUrl: redox.baseUrl,
  sourceId: redox.sourceId,
  destinationId: redox.destinationId,
  organizationOid: redox.organizationOid,
  patientOid: redox.patientOid,
  documentOid: redox.documentOid,
});

/** What every message is built with. */
export const messageContextOf = (redox: RedoxConfig, ehrTimeZone: string): MessageContext => ({
  test: redox.environment !== 'production',
  sourceId: redox.sourceId,
  destinationId: redox.destinationId,
  patientOid: redox.patientOid,
  documentOid: redox.documentOid,
  organizationOid: redox.organizationOid,
  documentType: redox.documentType,
  ehrTimeZone,
});

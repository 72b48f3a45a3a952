import type { Config, RedoxConfig } from '../config/config.ts';
import type { Calendar } from '../values/time/event-time.ts';
import type { MessageContext } from '../message/context.ts';
import { dateIn } from '../values/time/wall-clock.ts';
import type { Target } from '../ledger/run/target.ts';

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

/** What every message of a run is built with. By `now`, and the EHR's clock, a date is one that can be. */
export const messageContextOf = ({ redox, ehr }: Pick<Config, 'redox' | 'ehr'>, now: Date): MessageContext => ({
  test: redox.environment !== 'production',
  sourceId: redox.sourceId,
  destinationId: redox.destinationId,
  patientOid: redox.patientOid,
  documentOid: redox.documentOid,
  organizationOid: redox.organizationOid,
  documentType: redox.documentType,
  zipFormat: redox.zipFormat,
  sendSsn: redox.sendSsn,
  network: redox.network,
  sender: redox.sender,
  ...calendarOf(ehr, now),
});

/** The EHR's calendar: its zone, its date now, and what it writes where it knows no date. */
export const calendarOf = (
  { timeZone, fillerDates }: Pick<Config['ehr'], 'timeZone' | 'fillerDates'>,
  now: Date,
): Calendar => ({ ehrTimeZone: timeZone, today: dateIn(timeZone, now.getTime()), fillerDates });

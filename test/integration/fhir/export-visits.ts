/** Whose visit each resource of an export is, worked out from the files. */
import { DateTime } from 'luxon';
import type { JsonObject } from '../../../src/json.ts';
import { type ExportFiles, list, object, text } from './export-file.ts';
import { type Span, type Stay, visitOfRule } from './visit-rule.ts';

/** The zone in which the site reads days. */
const zone = 'America/Chicago';
const isOpen = /^(?:arrived|triaged|in-progress|onleave|on-hold)$/;
const tookPlace = (visit: JsonObject): boolean =>
  !/^(?:planned|cancelled|entered-in-error)$/.test(text(visit, 'status'));

function spanOf(written: string): Span | null {
  if (written.length < 10) return null;
  const time = DateTime.fromISO(written, { zone });
  const [first, last] = written.length === 10 ? [time.startOf('day'), time.endOf('day')] : [time, time];
  return { first: first.toUTC().toISO() ?? '', last: last.toUTC().toISO() ?? '' };
}

function stayOf(visit: JsonObject): Stay {
  const period = object(visit, 'period');
  const start = spanOf(text(period, 'start'))?.first ?? null;
  const end = spanOf(text(period, 'end'))?.last ?? (isOpen.test(text(visit, 'status')) ? '~' : start);
  return { id: text(visit, 'id'), start, end };
}

const staysIn = new WeakMap<ExportFiles, ReadonlyMap<JsonObject | undefined, readonly Stay[]>>();

function staysOf(files: ExportFiles, person: JsonObject | undefined): readonly Stay[] {
  const known = staysIn.get(files) ?? new Map<JsonObject | undefined, Stay[]>();
  if (known.size === 0) {
    const found = known as Map<JsonObject | undefined, Stay[]>;
    for (const visit of files.all('Encounter').filter(tookPlace)) {
      const whose = files.named(visit['subject'], 'Patient');
      found.set(whose, [...(found.get(whose) ?? []), stayOf(visit)]);
    }
    staysIn.set(files, found);
  }
  return known.get(person) ?? [];
}

/** When it was recorded or ordered, when it happened, its onset, the start of its period: the first that names a day. */
const moments = [
  'recordedDate',
  'assertedDate',
  'authoredOn',
  'occurrenceDateTime',
  'performedDateTime',
  'effectiveDateTime',
  'date',
  'issued',
  'onsetDateTime',
  'startDate',
];
const periods = ['performedPeriod', 'effectivePeriod', 'occurrencePeriod', 'onsetPeriod', 'period'];

const momentOf = (resource: JsonObject): string =>
  [
    ...moments.map((name) => text(resource, name)),
    ...periods.map((name) => text(object(resource, name), 'start')),
  ].find((written) => written.length >= 10) ?? '';

/** Empty: its patient has no visit. */
export function visitOf(files: ExportFiles, resource: JsonObject): string {
  const context = object(resource, 'context');
  const named = text(files.named(resource['encounter'] ?? list(context?.['encounter'])[0], 'Encounter'), 'id');
  const whose = files.named(resource['subject'] ?? resource['patient'], 'Patient');
  return named === '' && whose !== undefined
    ? (visitOfRule(staysOf(files, whose), spanOf(momentOf(resource))) ?? '')
    : named;
}

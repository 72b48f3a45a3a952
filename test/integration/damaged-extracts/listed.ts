/** Whether a night says what it could not read, and says nothing else of it. */
import type { NightResult, ReportRow } from '../support/night.ts';
import type { Clinic } from './clinic.ts';
import { type Export, type ExportedFile, isHarmed, unreadRows } from './export.ts';

/** Rows that a report calls missing although the clinic has them, each a sentence. */
export function wronglyListed(result: NightResult, clinic: Clinic): string[] {
  return result
    .csv('discrepancies')
    .filter((line) => !isTrue(line, clinic))
    .map(({ entity, entity_id, kind, detail }) => `${entity} ${entity_id} is listed as ${kind} ${detail}`);
}

function isTrue({ entity, entity_id: id = '', kind = '', detail }: ReportRow, clinic: Clinic): boolean {
  const isThere = entity === 'patient' ? clinic.patients.has(id) : clinic.visits.has(id);
  switch (kind) {
    case 'gone':
      return !isThere;
    case 'orphan':
    case 'merge_cycle':
    case 'merge_without_survivor':
    case 'duplicate_key':
      return false;
    case 'merge_undone':
      return !clinic.merges.has(id);
    case 'invalid':
      return !isThere || ['header_repeated', 'ruler', 'trailer'].includes(detail ?? '');
    default:
      return true;
  }
}

/** What a damaged night keeps to itself, each a sentence. */
export function unsaid(result: NightResult, exported: Export): string[] {
  const damaged = Object.values(exported).filter(({ leftOut, damagedFields }) => leftOut + damagedFields > 0);
  return damaged.flatMap((file) => [...uncounted(result, file), ...unmentioned(result, file)]);
}

function uncounted({ summary }: NightResult, { name, leftOut, damagedFields }: ExportedFile): string[] {
  const found = summary.source.files.find(({ file }) => file === `${name}.csv`);
  const counted = Object.values(found?.left_out ?? {}).reduce((sum, count) => sum + count, 0);
  return [
    ...(counted === leftOut ? [] : [`${counted} lines of ${name} count as left out instead of ${leftOut}`]),
    ...(found?.damaged_fields === damagedFields
      ? []
      : [`${found?.damaged_fields} fields of ${name} count as damaged instead of ${damagedFields}`]),
  ];
}

function unmentioned(result: NightResult, file: ExportedFile): string[] {
  const isOfFile = ({ entity, entity_id }: ReportRow): boolean => entity === 'file' && entity_id === `${file.name}.csv`;
  const actions = result.csv('open-actions');
  const said: string[] = [];
  if (!result.csv('data-quality').some(isOfFile)) said.push(`no line of data-quality names ${file.name}`);
  if (file.leftOut > 0 && !actions.some(isOfFile)) said.push(`no open action names ${file.name}`);
  const isNeeded = isHarmed(file) && unreadRows(file).length > 0 && file.name !== 'allergies';
  const isListed = actions.some(({ needs, entity, kind }) => {
    return needs === 'person' && (entity === 'file' || kind === 'unread');
  });
  if (isNeeded && !isListed) said.push(`nothing for a person, and ${file.name} has rows that could not be read`);
  if (result.exitCode === 0 && actions.some(({ needs, is_new }) => needs === 'person' && is_new === 'true')) {
    said.push('new lines for a person, and exit code 0');
  }
  return said;
}

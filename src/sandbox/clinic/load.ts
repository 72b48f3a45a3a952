import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { encodeCopyLine } from '../../contract/row/copy-text.ts';
import type { Session } from '../../postgres/session.ts';
import { type Statement, statement } from '../../postgres/sql-file.ts';
import { addressRow } from './address.ts';
import { contactRows } from './contact.ts';
import { changedAt, mergedInto, personIdOf, personRow } from './person.ts';
import { practitionerCount, practitionerRow } from './practitioner.ts';
import type { Numbers, Row, Setting } from './setting.ts';
import { visitRow, type VisitPlan } from './visit.ts';

/** Registers people, with addresses and contacts; `changed` defaults to a time in the past. */
export async function loadPeople(
  session: Session,
  setting: Setting,
  numbers: Numbers,
  changed?: string,
): Promise<void> {
  await copy(session, statement('sandbox/clinic/load/copy_person'), numbers, (number) => [
    personRow(setting, number, changed),
  ]);
  await copy(session, statement('sandbox/clinic/load/copy_person_address'), numbers, (number) => {
    const row = addressRow(setting, number, changed);
    return row === null ? [] : [row];
  });
  await copy(session, statement('sandbox/clinic/load/copy_person_contact'), numbers, (number) =>
    contactRows(setting, number, changed),
  );
}

/** The merges made before the clinic's first day. */
export async function loadMerges(session: Session, setting: Setting, numbers: Numbers): Promise<void> {
  await copy(session, statement('sandbox/clinic/load/copy_merge_log'), numbers, (number) => {
    const survivor = mergedInto(number);
    return survivor === null ? [] : [[personIdOf(number), personIdOf(survivor), changedAt(setting, number)]];
  });
}

export async function loadPractitioners(session: Session, setting: Setting): Promise<void> {
  await copy(
    session,
    statement('sandbox/clinic/load/copy_practitioner'),
    { from: 1, to: practitionerCount },
    (number) => [practitionerRow(setting, number)],
  );
}

export async function loadVisits(session: Session, setting: Setting, numbers: Numbers, plan: VisitPlan): Promise<void> {
  await copy(session, statement('sandbox/clinic/load/copy_visit'), numbers, (number) => [
    visitRow(setting, number, plan),
  ]);
}

async function copy(
  session: Session,
  { name, text }: Statement,
  numbers: Numbers,
  make: (number: number) => Row[],
): Promise<void> {
  try {
    await pipeline(Readable.from(chunks(numbers, make)), session.copySink(text));
  } catch (error) {
    throw session.explain(name, error);
  }
}

const chunkLength = 64 * 1024;

/** Lines are generated as Postgres reads them, so that memory is bounded by one chunk. */
function* chunks({ from, to }: Numbers, make: (number: number) => Row[]): Generator<string> {
  let chunk = '';
  for (let number = from; number <= to; number += 1) {
    for (const row of make(number)) chunk += `${encodeCopyLine(row)}\n`;
    if (chunk.length < chunkLength) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

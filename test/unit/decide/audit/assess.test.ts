import { describe, expect, test } from 'vitest';
import { readCda } from '../../../../src/decide/audit/cda.ts';
import { countAssessments, noAuditCounts } from '../../../../src/decide/audit/counts.ts';
import {
  type Answers,
  type AuditedDocument,
  type AuditedPatient,
  assess,
  type Assessment,
  verdictOn,
} from '../../../../src/decide/audit/assess.ts';
import type { Search } from '../../../../src/decide/audit/search.ts';
import { type ListedDocument, matchDocuments } from '../../../../src/decide/audit/match-documents.ts';
import { implausibleAnswers, timesAreVersions, tooMuchToRepair } from '../../../../src/decide/audit/plausible.ts';
import { differingGroups, matchKeysOf } from '../../../../src/decide/audit/same-patient.ts';
import type { JsonObject } from '../../../../src/json.ts';

const oid = '2.16.840.1.113883.3.6147.458.9';
const patientOid = `${oid}.2.1`;
const pushedAt = new Date('2026-03-01T08:00:00.250Z');

const sent: JsonObject = {
  Identifiers: [{ ID: 'M1', IDType: patientOid }],
  Demographics: {
    FirstName: 'Timothy',
    LastName: 'Bixby',
    DOB: '2008-01-06',
    Sex: 'Male',
    Address: { StreetAddress: '4762 Hickory Street', City: 'Monroe', State: 'WI', ZIP: '53566' },
    PhoneNumber: { Home: '+18088675301' },
    EmailAddresses: ['tim@example.com'],
  },
};

const header: JsonObject = {
  TypeCode: { Code: '11506-3' },
  Visit: { VisitNumber: '70', StartDateTime: '2026-02-27T15:00:00.000Z', EndDateTime: '2026-02-27T15:30:00.000Z' },
};

const visit = (id = '70', over: Partial<AuditedDocument> = {}): AuditedDocument => ({
  entity: 'encounter',
  entityId: id,
  header,
  version: 3,
  wasMoved: false,
  documentId: `${oid}^${id}`,
  typeCode: '11506-3',
  visitId: id,
  startsAt: '2026-02-27T15:00:00.000Z',
  pushedAt,
  ...over,
});

const listed = (over: Partial<ListedDocument> = {}): ListedDocument => ({
  id: `${oid}^70`,
  typeCode: '11506-3',
  dateTime: pushedAt.toISOString(),
  visitId: '70',
  visitStart: '2026-02-27T15:00:00.000Z',
  visitEnd: '2026-02-27T15:30:00.000Z',
  ...over,
});

const patientWith = (...documents: readonly AuditedDocument[]): AuditedPatient => ({
  patientId: '7',
  mrn: 'M1',
  sent,
  documents,
  merged: [],
});

const hits = (...patients: readonly JsonObject[]): Search => ({ kind: 'answered', patients, isIncomplete: false });
const tooMany: Search = { kind: 'answered', patients: [], isIncomplete: true };
const silence = { kind: 'unanswered' } as const;

const answersTo = (
  patient: AuditedPatient,
  documents: readonly ListedDocument[],
  over: Partial<Answers> = {},
): Answers => ({
  byIdentifier: hits(sent),
  byKeys: hits(sent),
  listing: { kind: 'answered', documents },
  matched: matchDocuments(patient.documents, documents),
  texts: new Map(),
  byRetired: new Map(),
  ...over,
});

const knowledge = { patientOid, isKnown: () => false, timesAreVersions: true };

const assessed = (
  over: Partial<Answers> = {},
  documents: readonly ListedDocument[] = [listed()],
  patient = patientWith(visit()),
): Assessment => assess(patient, answersTo(patient, documents, over), knowledge);

const words = ({ patient, documents, merges }: Assessment): readonly string[] =>
  [patient, ...documents, ...merges].map(({ result, groups }) => [result, ...groups].join(' '));

const other = (mrn: string): JsonObject => ({ ...sent, Identifiers: [{ ID: mrn, IDType: patientOid }] });

describe('a patient', () => {
  test('is found with the document as it was sent', () => {
    expect([words(assessed()), verdictOn(assessed())]).toEqual([['found', 'found'], 'right']);
  });

  test.each<[string, Partial<Answers>, string]>([
    ['missing without a hit by identifier', { byIdentifier: hits(), byKeys: null }, 'missing'],
    ['not findable without a hit by keys', { byKeys: hits() }, 'not_findable'],
    ['not findable if only others have the keys', { byKeys: hits(other('M2')) }, 'not_findable'],
    ['found among several with the same keys', { byKeys: hits(other('M2'), sent) }, 'unexpected'],
    ['unanswered if the search was not answered', { byIdentifier: silence, byKeys: null }, 'unanswered'],
    ['unanswered if the second search was not', { byKeys: silence }, 'unanswered'],
    ['unanswered if Redox cut its hits off', { byIdentifier: tooMany, byKeys: null }, 'unanswered'],
    ['unanswered if Redox cut the second off', { byKeys: tooMany }, 'unanswered'],
    ['found without keys to search by', { byKeys: null }, 'found'],
    ['unexpected with two records under one identifier', { byIdentifier: hits(sent, sent) }, 'unexpected'],
  ])('is %s', (_title, over, result) => {
    expect(assessed(over).patient.result).toBe(result);
  });

  test('is found beside another patient that the ledger has', () => {
    const patient = patientWith();
    const answers = answersTo(patient, [], { byKeys: hits(other('M2'), sent) });
    expect(assess(patient, answers, { ...knowledge, isKnown: (mrn) => mrn === 'M2' }).patient.result).toBe('found');
  });

  test.each<[string, readonly Search[], string]>([
    ['missing if one of them still finds a patient', [hits(), hits(other('M3'))], 'missing'],
    ['missing if another was not answered', [hits(other('M2')), silence], 'missing'],
    ['unanswered if only one was answered', [silence, hits()], 'unanswered'],
    ['found if each is hidden or finds the patient', [hits(), hits(sent)], 'found'],
  ])('has one merge of two former MRNs, %s', (_title, searches, result) => {
    const byRetired = new Map(searches.map((search, index) => [{ retiredId: '7', mrn: `M${index + 2}` }, search]));
    // Their records are no further patients.
    const { merges, unexpectedPatients } = assessed({ byRetired, byKeys: hits(sent, other('M2'), other('M3')) });
    expect(merges.map(({ entityId, result }) => [entityId, result])).toEqual([['7', result]]);
    expect(unexpectedPatients).toBe(0);
  });

  test('differs in groups, and no value is named', () => {
    const held = { ...sent, Demographics: { ...(sent['Demographics'] as JsonObject), LastName: 'Other', Sex: null } };
    const { patient } = assessed({ byIdentifier: hits(held) });
    expect([patient.result, patient.groups]).toEqual(['differs', ['birth_and_sex', 'name']]);
  });

  test('is wrong if a document is', () => {
    expect([words(assessed({}, [])), verdictOn(assessed({}, []))]).toEqual([['found', 'missing'], 'wrong']);
  });

  test('counts as unanswered if the list of documents was not answered', () => {
    const found = assessed({ listing: silence, matched: null });
    expect([words(found), verdictOn(found)]).toEqual([['found', 'unanswered'], 'unanswered']);
  });
});

describe('a document', () => {
  test.each<[string, Partial<ListedDocument>, string]>([
    ['is found under its id', {}, 'found'],
    ['is found behind another root', { id: `1.2.3^70`, visitId: null }, 'found'],
    ['is found by type and visit', { id: 'own' }, 'found'],
    ['is found by type and time', { id: 'own', visitId: null, visitStart: null, visitEnd: null }, 'found'],
    ['is missing if its visit has another', { id: 'own', visitId: '71' }, 'missing'],
    ['is missing if its type is another', { id: 'own', typeCode: '34133-9' }, 'missing'],
    ['differs in an older version', { dateTime: '2026-02-28T08:00:00Z' }, 'differs version'],
    ['differs in its times', { visitEnd: '2026-02-27T16:30:00Z' }, 'differs times'],
    ['differs in its type', { typeCode: '34133-9' }, 'differs clinical'],
    ['is found without fractions of seconds', { dateTime: '2026-03-01T08:00:00Z' }, 'found'],
    ['is found in a list that names nothing else', { typeCode: null, visitId: null, visitStart: null }, 'found'],
  ])('%s', (_title, over, result) => {
    expect(words(assessed({}, [listed(over)]))[1]).toBe(result);
  });

  test('is not assessed while its row changes', () => {
    const patient = patientWith(visit('70', { header: null }));
    expect(words(assessed({}, [listed()], patient))).toEqual(['found', 'not_yet_synced']);
  });

  test('that the ledger does not have makes the patient unexpected', () => {
    const found = assessed({}, [listed(), listed({ id: `${oid}^999`, visitId: '999' })]);
    expect([found.patient.result, found.patient.detail, found.unexpectedDocuments]).toEqual([
      'unexpected',
      'document',
      1,
    ]);
  });

  test('may be listed in all of its versions', () => {
    const found = assessed({}, [listed({ dateTime: '2026-02-01T00:00:00Z' }), listed()]);
    expect([words(found), found.unexpectedDocuments]).toEqual([['found', 'found'], 0]);
  });

  test('pushed in the same second as another is told apart by its time', () => {
    const later = new Date(pushedAt.getTime() + 300);
    const patient = patientWith(visit('70'), visit('71', { pushedAt: later }));
    const bare = { visitId: null, visitStart: null, visitEnd: null };
    const found = assessed(
      {},
      [listed({ id: 'a', ...bare }), listed({ id: 'b', dateTime: later.toISOString(), ...bare })],
      patient,
    );
    expect([found.documents.map(({ result }) => result), found.unexpectedDocuments]).toEqual([['found', 'found'], 0]);
  });

  test('keeps its place though its id ends like that of another', () => {
    const patient = patientWith(visit('70'), visit('6^70', { visitId: '6^70' }));
    const found = assessed({}, [listed({ id: `${oid}^6^70`, visitId: '6^70' })], patient);
    expect(found.documents.map(({ result }) => result)).toEqual(['missing', 'differs']);
  });

  test('is not called old where listed times are no times of pushes', () => {
    const patient = patientWith(visit());
    const answers = answersTo(patient, [listed({ dateTime: '2026-02-27T15:00:00Z' })]);
    const timesAre = timesAreVersions([{ patient, answers }]);
    expect([timesAre, words(assess(patient, answers, { ...knowledge, timesAreVersions: timesAre }))]).toEqual([
      false,
      ['found', 'found'],
    ]);
  });
});

describe('the text of a document', () => {
  const cda = (over = ''): string =>
    `<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><id root="${oid}" extension="70"/>${over}` +
    `<recordTarget><patientRole><id root="${patientOid}" extension="M1"/></patientRole></recordTarget></ClinicalDocument>`;
  const read = (text: string): readonly string[] => {
    const document = visit();
    const patient = patientWith(document);
    const texts = new Map([[document, readCda(text) ?? ('unreadable' as const)]]);
    return words(assess(patient, answersTo(patient, [listed()], { texts }), knowledge)).slice(1);
  };

  test.each<[string, string, string]>([
    ['of this version', cda('<effectiveTime value="20260301080000+0000"/><versionNumber value="3"/>'), 'found'],
    ['that leaves version and time out', cda(), 'found'],
    ['with the whole id as its extension', cda().replace('"70"', `"${oid}^70"`), 'found'],
    ['of an older version', cda('<versionNumber value="2"/>'), 'differs version'],
    ['of an earlier time', cda('<effectiveTime value="20260228080000-0600"/>'), 'differs version'],
    ['of another document', cda().replace('"70"', '"71"'), 'differs identifiers'],
    ['of another patient', cda().replace('"M1"', '"M2"'), 'differs identifiers'],
    ['of no document', '<html/>', 'differs clinical'],
  ])('%s is assessed', (_title, text, result) => {
    expect(read(text)).toEqual([result]);
  });

  test('is unanswered without an answer', () => {
    const document = visit();
    const patient = patientWith(document);
    const texts = new Map([[document, 'unanswered' as const]]);
    expect(words(assess(patient, answersTo(patient, [listed()], { texts }), knowledge))[1]).toBe('unanswered');
  });
});

describe('comparing a patient', () => {
  const demographics = sent['Demographics'] as JsonObject;
  const differing = (over: JsonObject, rest: JsonObject = {}): readonly string[] =>
    differingGroups(sent, { ...sent, ...rest, Demographics: { ...demographics, ...over } });

  test.each<[string, JsonObject]>([
    ['case and blanks', { LastName: ' BIXBY ' }],
    ['more fields', { Nickname: 'Tim', Race: 'White', EmailAddresses: [null, 'tim@example.com', ''] }],
    ['one text for a list', { EmailAddresses: 'tim@example.com' }],
  ])('ignores %s', (_title, over) => {
    expect(differing(over)).toEqual([]);
  });

  test.each<[string, JsonObject, readonly string[]]>([
    ['an address that lacks a line', { Address: { ZIP: '53566' } }, ['address']],
    ['an empty phone', { PhoneNumber: { Home: '' } }, ['contact']],
    ['a phone in another spelling', { PhoneNumber: { Home: '808-867-5301' } }, ['contact']],
    ['a list of nothing', { EmailAddresses: [null] }, ['contact']],
  ])('finds %s', (_title, over, groups) => {
    expect(differing(over)).toEqual(groups);
  });

  test('compares identifiers to the letter and allows further ones', () => {
    const further = { ID: 'X', IDType: 'MR' };
    expect(differing({}, { Identifiers: [further, { ID: 'M1', IDType: patientOid }] })).toEqual([]);
    expect(differing({}, { Identifiers: [{ ID: 'm1', IDType: patientOid }] })).toEqual(['identifiers']);
  });

  test('does not miss parts that an answer leaves out', () => {
    const withContact = { ...sent, Contacts: [{ LastName: 'Bixby' }], Insurances: [{ MemberNumber: '1' }] };
    expect(differingGroups(withContact, sent)).toEqual([]);
    expect(differingGroups(withContact, { ...sent, Contacts: [{ LastName: 'Other' }] })).toEqual(['contact']);
  });

  test('searches by four keys or not at all', () => {
    expect(matchKeysOf(sent)).toEqual({
      FirstName: 'Timothy',
      LastName: 'Bixby',
      DOB: '2008-01-06',
      Address: { ZIP: '53566' },
    });
    expect(matchKeysOf({ ...sent, Demographics: { ...demographics, Address: { City: 'Monroe' } } })).toBeNull();
  });
});

describe('the first answers', () => {
  const strange = listed({ id: 'own', visitId: '999' });
  const looked = (documents: readonly ListedDocument[], over: Partial<Answers> = {}) => {
    const patient = patientWith(visit());
    return { patient, answers: answersTo(patient, documents, over) };
  };

  test('are implausible if no listed document is known', () => {
    expect(implausibleAnswers([looked([strange]), looked([])])).toMatch(
      /^Redox lists 1 document of the first 1 patient/,
    );
    expect(implausibleAnswers([looked([strange]), looked([listed()])])).toBeNull();
    expect(implausibleAnswers([looked([])])).toBeNull();
  });

  test('are implausible if none of twenty patients is found', () => {
    const missing = Array.from({ length: 20 }, () => looked([], { byIdentifier: hits(), byKeys: null }));
    expect(implausibleAnswers(missing)).toMatch(/^none of the first 20 patients was found/);
    expect(implausibleAnswers(missing.slice(1))).toBeNull();
    expect(implausibleAnswers([...missing, looked([])])).toBeNull();
  });
});

test('counts patients by their own result and by all of theirs', () => {
  const counts = countAssessments(
    noAuditCounts(),
    [assessed(), assessed({}, []), assessed({ byKeys: silence })],
    ['id'],
  );
  expect(counts.patients).toMatchObject({ found: 2, unanswered: 1 });
  expect(counts.documents).toMatchObject({ found: 2, missing: 1 });
  expect([counts.assessed, counts.wrong, counts.unanswered, counts.matched_by.id]).toEqual([2, 1, 1, 1]);
});

test('a repair of more than LARGE_CHANGE needs a person', () => {
  const limits = { changed: 0.2, gone: 0.05, new: 0.3, merged: 0.05, unmerged: 0.05 };
  const refused = (patients: number, of: number): string | null =>
    tooMuchToRepair({ patients, documents: 0 }, { patients: of, documents: of }, limits);
  expect(refused(61, 300)).toBe(
    '61 of the 300 patients looked at (20%) are missing or differ, and LARGE_CHANGE allows changed=20%',
  );
  expect([refused(60, 300), refused(99, 99), refused(10, 100)]).toEqual([null, null, null]);
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/json.ts';
import type { QueryAnswers } from '../../../src/sandbox/redox/queries/query-answers.ts';
import type { StandIn, StandInOptions } from '../../../src/sandbox/redox/stand-in.ts';
import {
  change,
  destinationId,
  documentOid,
  errorsOf,
  json,
  patientOid,
  post,
  send,
  startTestStandIn,
  tokenOf,
  type Received,
} from './stand-in-client.ts';
import { newPatient, patientMerge, patientUpdate, visitPush } from './stand-in-messages.ts';

let redox: StandIn;
let token: string;

async function start(options: Partial<StandInOptions> = {}): Promise<void> {
  redox = await startTestStandIn(options);
  token = await tokenOf(redox.url);
}
beforeEach(() => start());
afterEach(() => redox.close());

const deliver = (message: JsonObject): Promise<Received> => post(redox.url, token, message);

async function accepted(...messages: readonly JsonObject[]): Promise<void> {
  for (const message of messages) expect((await deliver(message)).status).toBe(200);
}

const metaOf = (DataModel: string, EventType: string): JsonObject => ({
  DataModel,
  EventType,
  Destinations: [{ ID: destinationId }],
});

const search = (Patient: JsonObject): JsonObject => ({ Meta: metaOf('PatientSearch', 'Query'), Patient });
const byId = (ID: string, IDType = patientOid): JsonObject => search({ Identifiers: [{ ID, IDType }] });
const timothy = { FirstName: 'Timothy', LastName: 'Bixby', DOB: '2008-01-06', Address: { ZIP: '53566' } };
const byName = (changes: JsonObject = {}): JsonObject => search({ Demographics: { ...timothy, ...changes } });

const documentsOf = (ID: string, filters: JsonObject = {}): JsonObject => ({
  Meta: metaOf('Clinical Summary', 'DocumentQuery'),
  Patient: { Identifiers: [{ ID, IDType: patientOid }] },
  ...filters,
});
const documentGet = (ID: string): JsonObject => ({
  Meta: metaOf('Clinical Summary', 'DocumentGet'),
  Document: { ID },
});

interface Listed {
  readonly ID: string;
  readonly DateTime: string;
  readonly Visit?: { readonly ID: string };
}
interface Answered {
  readonly Meta: { readonly EventType: string; readonly Logs?: readonly { readonly ID: string }[] };
  readonly Patient: { readonly Identifiers?: readonly { readonly ID: string }[] };
  readonly PotentialMatches?: readonly JsonObject[];
  readonly Documents?: readonly Listed[];
  readonly Data?: string;
}
const answered = async (query: JsonObject): Promise<Answered> => json(await deliver(query)) as Answered;

/** The patient found; null for `{}`. */
const found = async (query: JsonObject): Promise<string | null> =>
  (await answered(query)).Patient.Identifiers?.[0]?.ID ?? null;

const listed = async (id: string, filters: JsonObject = {}): Promise<readonly string[]> =>
  ((await answered(documentsOf(id, filters))).Documents ?? []).map(({ ID }) => ID.replace(/^.*\^/, ''));

describe('a search of the repository', () => {
  beforeEach(() => accepted(newPatient('P1')));

  it('returns the whole stored patient', async () => {
    const answer = await answered(byId('P1'));
    const { Allergies, ...shown } = newPatient('P1')['Patient'] as Record<string, JsonValue>;
    expect(Allergies).toBeDefined();
    expect(answer.Patient).toEqual(shown);
    expect(answer.Meta).toMatchObject({ DataModel: 'PatientSearch', EventType: 'Query', Logs: [{}] });
  });

  it('ignores case in texts, and not in identifiers', async () => {
    expect([await found(byId('P1')), await found(byId('p1')), await found(byId('P1', 'MR'))]).toEqual([
      'P1',
      null,
      null,
    ]);
    expect(await found(byId('e167267c', 'EHRID'))).toBe('P1');
    expect([await found(byName({ LastName: 'BIXBY' })), await found(byName({ FirstName: 'Tim' }))]).toEqual([
      'P1',
      null,
    ]);
  });

  it('compares every field that the query has', async () => {
    expect(await found(byName({ Sex: 'Male', PhoneNumber: { Home: '+18088675301' } }))).toBe('P1');
    expect(await found(byName({ Sex: 'Female' }))).toBeNull();
    expect(await found(byName({ PhoneNumber: { Home: '+18088675302' } }))).toBeNull();
    expect(await found(byName({ MiddleName: null, EmailAddresses: ['timothy@example.org'] }))).toBe('P1');
    expect(await found(byName({ EmailAddresses: ['other@example.org'] }))).toBeNull();
    const both = search({ Identifiers: [{ ID: 'P1' }], Demographics: { LastName: 'Other' } });
    expect(await found(both)).toBeNull();
  });

  it.each<readonly [string, JsonObject]>([
    ['a ZIP', search({ Demographics: { LastName: 'Bixby', Address: { ZIP: '53566' } } })],
    ['no patient', { Meta: metaOf('PatientSearch', 'Query') }],
    ['an empty identifier', search({ Identifiers: [{ IDType: patientOid }] })],
  ])('refuses %s without a complete key set', async (_, query) => {
    const received = await deliver(query);
    expect([received.status, errorsOf(received)]).toEqual([400, ['Data Chateau v2 service returned status code 400']]);
  });

  it('refuses unknown fields and several destinations', async () => {
    expect(errorsOf(await deliver(change(byId('P1'), 'Patient.Nickname', 'Tim')))[0]).toContain('Patient.Nickname');
    const twice = change(byId('P1'), 'Meta.Destinations', [{ ID: destinationId }, { ID: destinationId }]);
    expect(errorsOf(await deliver(twice))[0]).toContain('exactly one destination');
  });

  it('returns several matches as potential ones', async () => {
    await accepted(newPatient('P2'), newPatient('P3'));
    const { Patient, PotentialMatches = [] } = await answered(byName());
    expect([Patient, PotentialMatches.length]).toEqual([{}, 3]);
    redox.answerQueriesAs({ mostMatches: 2 });
    const cut = await answered(byName());
    expect(cut.PotentialMatches).toHaveLength(2);
    expect(cut.Meta).toMatchObject({ IsIncomplete: true });
  });

  it('finds the current name only', async () => {
    await accepted(patientUpdate('P1'));
    expect([await found(byName()), await found(byName({ LastName: 'Bixby-Jones' }))]).toEqual([null, 'P1']);
  });

  it('finds no message that Redox lost', async () => {
    redox.misbehave([{ kind: 'inside', fate: 'lost' }]);
    await accepted(newPatient('P2'));
    redox.misbehave([]);
    expect(await found(byId('P2'))).toBeNull();
    redox.travel({ isQueued: true, paused: ['PatientAdmin'] });
    await accepted(newPatient('P3'));
    expect(await found(byId('P3'))).toBeNull();
    redox.travel({});
    expect(await found(byId('P3'))).toBe('P3');
  });

  it('counts against the rate', async () => {
    await redox.close();
    await start({ rateLimit: { calls: 2, windowMs: 60_000 } });
    await accepted(newPatient('P1'));
    expect([(await deliver(byId('P1'))).status, (await deliver(byId('P1'))).status]).toEqual([200, 429]);
    expect(redox.requests()).toMatchObject({
      postedByEvent: { NewPatient: 1, Query: 2 },
      takenByEvent: { NewPatient: 1 },
    });
  });

  it.each<readonly [string, QueryAnswers, JsonObject, string | null]>([
    ['the first five digits of a ZIP', { zips: 'first_five' }, byName({ Address: { ZIP: '53566-1234' } }), 'P1'],
    ['a whole ZIP', {}, byName({ Address: { ZIP: '53566-1234' } }), null],
    ['nothing stored a moment ago', { visibleAfterMs: 60_000 }, byId('P1'), null],
  ])('can compare %s', async (_, answers, query, patient) => {
    redox.answerQueriesAs(answers);
    expect(await found(query)).toBe(patient);
  });

  it('can leave out insurance, and add keys that no schema has', async () => {
    redox.answerQueriesAs({ insurance: 'left_out', unknownKeys: true, eventType: 'documented' });
    const answer = await answered(byId('P1'));
    expect(answer.Patient).not.toHaveProperty('Insurances');
    expect(answer.Patient).toMatchObject({ Demographics: { LastName: 'Bixby', Nickname: '' } });
    expect(answer.Meta).toMatchObject({ EventType: 'Response', Region: 'us-east-1' });
  });

  it.each<readonly [QueryAnswers, number]>([
    [{ unsubscribed: ['PatientSearch'] }, 403],
    [{ unsubscribed: ['PatientSearch'], refusals: 'meta_errors' }, 200],
  ])('can lack a subscription: %j', async (answers, status) => {
    redox.answerQueriesAs(answers);
    const received = await deliver(byId('P1'));
    expect([received.status, errorsOf(received)[0]]).toEqual([status, expect.stringMatching(/^No subscriptions\./)]);
    expect((await deliver(newPatient('P2'))).status).toBe(200);
  });
});

describe('a merged patient', () => {
  beforeEach(() => accepted(newPatient('P1'), newPatient('P2'), visitPush('V1', 'P1'), patientMerge('P1', 'P2')));

  it('is absent, and its documents are the survivor’s', async () => {
    expect([await found(byId('P1')), await found(byId('P2'))]).toEqual([null, 'P2']);
    expect([await listed('P1'), await listed('P2')]).toEqual([[], ['V1']]);
    expect(await found(byName())).toBe('P2');
  });

  it('can answer with the survivor', async () => {
    redox.answerQueriesAs({ retired: 'survivor' });
    expect([await found(byId('P1')), await listed('P1')]).toEqual(['P2', ['V1']]);
  });
});

describe('a list of documents', () => {
  beforeEach(() => accepted(newPatient('P1'), newPatient('P2'), visitPush('V1', 'P1'), visitPush('V2', 'P1')));

  it('tells id, time, type and visit of each', async () => {
    const { Documents = [] } = await answered(documentsOf('P1'));
    expect(Documents).toHaveLength(2);
    expect(Documents[0]).toMatchObject({
      ID: `${documentOid}^V1`,
      DateTime: '2024-02-29T10:00:00.000Z',
      Type: { Code: '11506-3', Codeset: 'http://hl7.org/fhir/ValueSet/c80-doc-typecodes' },
      Visit: { ID: 'V1', StartDateTime: '2024-02-29T09:30:00.000Z', EndDateTime: '2024-02-29T10:00:00.000Z' },
    });
  });

  it.each<readonly [QueryAnswers, number]>([
    [{}, 200],
    [{ noDocuments: 'not_found' }, 404],
    [{ noDocuments: 'not_found', refusals: 'meta_errors' }, 200],
  ])('is an error where there are none: %j', async (answers, status) => {
    redox.answerQueriesAs(answers);
    for (const id of ['P2', 'nobody']) {
      const received = await deliver(documentsOf(id));
      expect([received.status, errorsOf(received)]).toEqual([
        status,
        [answers.noDocuments === undefined ? expect.stringContaining('Could not find any documents.') : 'Not found'],
      ]);
    }
  });

  it('can be empty', async () => {
    redox.answerQueriesAs({ noDocuments: 'empty_list' });
    expect((await answered(documentsOf('P2'))).Documents).toEqual([]);
  });

  it.each<readonly [string, QueryAnswers, RegExp]>([
    ['its last part', { documentIds: 'other_root' }, /^2\.16\.840\.1\.113883\.3\.6147\^V1$/],
    ['visit and times alone', { documentIds: 'own' }, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/],
  ])('can tell a document by %s', async (_, answers, id) => {
    redox.answerQueriesAs(answers);
    const { Documents = [] } = await answered(documentsOf('P1'));
    expect(Documents[0]?.ID).toMatch(id);
    expect(Documents[0]?.Visit?.ID).toBe('V1');
    expect((await answered(documentGet(Documents[0]?.ID ?? ''))).Data).toContain('extension="V1"');
  });

  it('can leave out visits, and write times shorter', async () => {
    redox.answerQueriesAs({ documentVisits: 'left_out', times: 'without_milliseconds' });
    const { Documents = [] } = await answered(documentsOf('P1'));
    expect(Documents[0]).not.toHaveProperty('Visit');
    expect(Documents[0]?.DateTime).toBe('2024-02-29T10:00:00Z');
  });

  it('can show every version', async () => {
    await accepted(change(visitPush('V1', 'P1'), 'Header.Document.DateTime', '2024-03-05T10:00:00.000Z'));
    expect(await listed('P1')).toEqual(['V2', 'V1']);
    redox.answerQueriesAs({ versions: 'all' });
    const { Documents = [] } = await answered(documentsOf('P1'));
    expect(Documents.map(({ DateTime }) => DateTime.slice(0, 10))).toEqual(['2024-02-29', '2024-02-29', '2024-03-05']);
  });

  it('honours filters, or ignores them', async () => {
    const filters: readonly (readonly [JsonObject, readonly string[]])[] = [
      [{ Visit: { ID: 'V2' } }, ['V2']],
      [{ Visit: { StartDateTime: '2024-02-29T09:30:00.000Z', EndDateTime: '2024-02-29' } }, ['V1', 'V2']],
      [{ Document: { StartDate: '2024-03-01' } }, []],
      [{ Document: { StartDate: '2024-02-29', EndDate: '2024-02-29' } }, ['V1', 'V2']],
      [{ Document: { Types: [{ Code: '34133-9' }] } }, []],
      [{ Document: { Types: [{ Code: '34133-9' }, { Code: '11506-3' }] } }, ['V1', 'V2']],
    ];
    for (const [filter, ids] of filters) expect(await listed('P1', filter)).toEqual(ids);
    redox.answerQueriesAs({ filters: 'ignored' });
    for (const [filter] of filters) expect(await listed('P1', filter)).toEqual(['V1', 'V2']);
  });
});

describe('a document', () => {
  beforeEach(() =>
    accepted(
      newPatient('P1'),
      change(visitPush('V1', 'P1'), 'ProblemsText', '<paragraph>Cough &amp; fever</paragraph>'),
    ),
  );

  it('comes as CDA', async () => {
    const answer = await answered(documentGet(`${documentOid}^V1`));
    expect(answer).toMatchObject({ Document: { ID: `${documentOid}^V1` }, FileType: 'text/xml' });
    for (const part of [
      `<id root="${documentOid}" extension="V1"/>`,
      '<effectiveTime value="20240229100000+0000"/>',
      `<id root="${patientOid}" extension="P1"/>`,
      '<birthTime value="20080106"/>',
      '<title>Problems</title><text><paragraph>Cough &amp; fever</paragraph></text>',
    ]) {
      expect(answer.Data).toContain(part);
    }
    redox.answerQueriesAs({ cdaIds: 'whole' });
    const whole = `<id root="${documentOid}" extension="${documentOid}^V1"/>`;
    expect((await answered(documentGet(`${documentOid}^V1`))).Data).toContain(whole);
  });

  it('is not found under another id', async () => {
    expect((await deliver(documentGet(`${documentOid}^V2`))).status).toBe(404);
  });
});

describe('tampering', () => {
  beforeEach(() => accepted(newPatient('P1'), visitPush('V1', 'P1')));

  it('forgets a patient with its documents, or one document', async () => {
    redox.tamper({ kind: 'forget_document', documentId: `${documentOid}^V1` });
    expect([await found(byId('P1')), await listed('P1')]).toEqual(['P1', []]);
    redox.tamper({ kind: 'forget_patient', patientId: 'P1' });
    expect([await found(byId('P1')), await found(byName())]).toEqual([null, null]);
  });

  it('alters what is stored, and searches find it as it is', async () => {
    await found(byName());
    redox.tamper({ kind: 'alter_patient', patientId: 'P1', path: 'Demographics.LastName', value: 'Bigsby' });
    redox.tamper({ kind: 'alter_patient', patientId: 'P1', path: 'Demographics.Sex', value: null });
    expect([await found(byName()), await found(byName({ LastName: 'bigsby' }))]).toEqual([null, 'P1']);
    expect((await answered(byId('P1'))).Patient).not.toHaveProperty('Demographics.Sex');
    const path = 'Header.Document.Visit.VisitNumber';
    redox.tamper({ kind: 'alter_document', documentId: `${documentOid}^V1`, path, value: 'V9' });
    expect((await answered(documentsOf('P1'))).Documents?.[0]?.Visit?.ID).toBe('V9');
  });

  it('adds patients and documents, over HTTP too', async () => {
    redox.tamper({ kind: 'add_patient', patient: newPatient('P2')['Patient'] as JsonObject });
    redox.tamper({ kind: 'add_document', message: visitPush('V2', 'P2') });
    expect([await found(byId('P2')), await listed('P2')]).toEqual(['P2', ['V2']]);
    const set = (path: string, body: JsonValue): Promise<Received> =>
      send(`${redox.url}/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await set('tamper', { kind: 'forget_patient', patientId: 'P2' })).status).toBe(204);
    expect((await set('answers', { noDocuments: 'empty_list' })).status).toBe(204);
    expect((await answered(documentsOf('P2'))).Documents).toEqual([]);
    expect([(await set('answers', { noDocument: 1 })).status, (await set('tamper', {})).status]).toEqual([400, 400]);
  });
});

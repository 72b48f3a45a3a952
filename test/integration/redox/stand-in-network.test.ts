import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/json.ts';
import type { StandIn } from '../../../src/sandbox/redox/stand-in.ts';
import {
  change,
  directoryId,
  documentOid,
  errorsOf,
  json,
  organizationOid,
  patientOid,
  post,
  startTestStandIn,
  tokenOf,
  type Received,
} from './stand-in-client.ts';
import { newPatient, organizationNew, organizationUpdate, patientUpdate, visitPush } from './stand-in-messages.ts';

const recordLocator = 'adf917b5-1496-4241-87e2-ed20434b1fdb';
const oneOrganization = '1ca254a8-8d42-4593-abb4-b21399d9de57';
const documents = 'ec745338-8849-43ad-a7ce-4bc5bf1d8b89';

let redox: StandIn;
let token: string;

const deliver = (message: JsonObject): Promise<Received> => post(redox.url, token, message);

beforeEach(async () => {
  redox = await startTestStandIn();
  token = await tokenOf(redox.url);
  for (const message of [newPatient('P1'), visitPush('V1', 'P1')]) expect((await deliver(message)).status).toBe(200);
});
afterEach(() => redox.close());

const extensions: JsonObject = {
  'organization-name': { string: 'Monroe Clinic' },
  'sender-organization-id': { string: organizationOid },
  'user-id': { string: 'Doolittle, John' },
  'user-role': { coding: { code: '112247003', display: 'Medical Doctor' } },
  'purpose-of-use': { coding: { code: 'TREATMENT', display: 'Treatment' } },
};

const metaOf = (DataModel: string, EventType: string, destination: string): JsonObject => ({
  DataModel,
  EventType,
  Destinations: [{ ID: destination }],
  ...(destination === recordLocator ? {} : { FacilityCode: organizationOid }),
  Extensions: extensions,
});

const search = (destination: string, changes: JsonObject = {}): JsonObject => ({
  Meta: metaOf('PatientSearch', 'Query', destination),
  Patient: {
    Demographics: {
      ...{ FirstName: 'Timothy', LastName: 'Bixby', DOB: '2008-01-06', Address: { ZIP: '53566' } },
      ...changes,
    },
  },
});

const locate = (identifier: JsonObject): JsonObject => ({
  Meta: metaOf('PatientSearch', 'LocationQuery', recordLocator),
  Patient: { Identifiers: [identifier] },
});

const list = (IDType = organizationOid): JsonObject => ({
  Meta: metaOf('Clinical Summary', 'DocumentQuery', documents),
  Patient: { Identifiers: [{ ID: 'P1', IDType }] },
});

interface Located {
  readonly Identifiers: readonly JsonObject[];
}
interface Answered {
  readonly Meta: { readonly Extensions?: { readonly 'task-status'?: { readonly string: string } } };
  readonly Patient: { readonly Identifiers?: readonly JsonObject[] };
  readonly Patients?: readonly Located[];
  readonly Documents?: readonly { readonly ID: string }[];
}
const answered = async (query: JsonObject): Promise<Answered> => json(await deliver(query)) as Answered;

async function networkId(): Promise<JsonObject> {
  const [identifier = {}] = (await answered(search(recordLocator))).Patient.Identifiers ?? [];
  return identifier;
}

const refusalOf = async (query: JsonObject): Promise<readonly unknown[]> => {
  const received = await deliver(query);
  return [received.status, errorsOf(received)[0]];
};

describe('the record locator', () => {
  it('tells the organisations of a patient, once it has finished', async () => {
    const identifier = await networkId();
    expect(identifier['ID']).not.toBe('P1');
    const atWork = await answered(locate(identifier));
    expect([atWork.Meta.Extensions?.['task-status']?.string, atWork.Patients]).toEqual(['Active', []]);
    const done = await answered(locate(identifier));
    expect(done.Meta.Extensions?.['task-status']?.string).toBe('Success');
    expect(done.Patients).toHaveLength(2);
    expect(done.Patients?.[1]).toMatchObject({
      Identifiers: [{ ID: 'P1', IDType: organizationOid }],
      Organization: { Identifiers: [{ ID: organizationOid, IDType: 'OID' }] },
    });
  });

  it('can answer at once, fail, or leave out the own organisation', async () => {
    const identifier = await networkId();
    redox.answerQueriesAs({ taskStatus: 'left_out' });
    const atOnce = await answered(locate(identifier));
    expect([atOnce.Meta.Extensions, atOnce.Patients?.length]).toEqual([undefined, 2]);
    redox.answerQueriesAs({ taskStatus: 'error', locatorPolls: 0 });
    expect((await answered(locate(identifier))).Meta.Extensions?.['task-status']?.string).toBe('Error');
    redox.answerQueriesAs({ ownOrganization: 'excluded', locatorPolls: 0 });
    expect((await answered(locate(identifier))).Patients).toHaveLength(1);
  });

  it('forgets the network id of a record that changed', async () => {
    const identifier = await networkId();
    expect((await deliver(patientUpdate('P1'))).status).toBe(200);
    expect(await refusalOf(locate(identifier))).toEqual([404, 'Not found']);
    expect(await refusalOf(locate({ ID: 'P1', IDType: patientOid }))).toEqual([404, 'Not found']);
  });
});

describe('a search of one organisation', () => {
  it('returns the id under the organisation’s OID', async () => {
    const answer = await answered(search(oneOrganization));
    expect(answer.Patient.Identifiers).toEqual([{ ID: 'P1', IDType: organizationOid }]);
    redox.answerQueriesAs({ networkIds: 'patient_oid' });
    expect((await answered(search(oneOrganization))).Patient.Identifiers).toEqual([{ ID: 'P1', IDType: patientOid }]);
    redox.answerQueriesAs({ ownOrganization: 'excluded' });
    expect((await answered(search(oneOrganization))).Patient).toEqual({});
  });

  it('matches exactly, or partially', async () => {
    const nicknamed = search(oneOrganization, { FirstName: 'Tim' });
    expect((await answered(nicknamed)).Patient).toEqual({});
    redox.answerQueriesAs({ matching: 'partial' });
    expect((await answered(nicknamed)).Patient.Identifiers).toHaveLength(1);
    expect((await answered(search(oneOrganization, { DOB: '2008-01-07' }))).Patient).toEqual({});
  });

  it.each(['organization-name', 'sender-organization-id', 'user-id', 'user-role', 'purpose-of-use'])(
    'needs the extension %s',
    async (name) => {
      for (const query of [search(oneOrganization), search(recordLocator), list()]) {
        expect((await deliver(change(query, `Meta.Extensions.${name}`, undefined))).status).toBe(401);
      }
    },
  );

  it('needs an organisation that the directory resolves', async () => {
    const nowhere = 'Repository URL and certificate are required. Review destination configuration.';
    expect(await refusalOf(change(search(oneOrganization), 'Meta.FacilityCode', undefined))).toEqual([
      401,
      'Required field missing - Meta.FacilityCode',
    ]);
    expect(await refusalOf(change(search(oneOrganization), 'Meta.FacilityCode', '2.16.840.1'))).toEqual([400, nowhere]);
    await deliver(organizationNew());
    expect((await deliver(search(oneOrganization))).status).toBe(200);
    await deliver(change(organizationUpdate(), 'Organizations.0.Active', false));
    expect(await refusalOf(search(oneOrganization))).toEqual([400, nowhere]);
  });
});

describe('documents through the network', () => {
  it('are found under the organisation’s OID', async () => {
    const { Documents = [] } = await answered(list());
    expect(Documents.map(({ ID }) => ID)).toEqual([`${documentOid}^V1`]);
    const get = {
      Meta: metaOf('Clinical Summary', 'DocumentGet', documents),
      Document: { ID: Documents[0]?.ID ?? '' },
    };
    expect(json(await deliver(get))).toMatchObject({ FileType: 'text/xml' });
    expect(await refusalOf(list(patientOid))).toEqual([200, expect.stringContaining('Could not find any documents.')]);
  });

  it('are asked for at their own destination', async () => {
    const elsewhere = change(list(), 'Meta.Destinations.0.ID', recordLocator);
    expect(await refusalOf(elsewhere)).toEqual([403, expect.stringMatching(/^No subscriptions\./)]);
    const push = change(visitPush('V2', 'P1'), 'Meta.Destinations.0.ID', documents);
    expect((await deliver(push)).status).toBe(403);
  });
});

describe('a query of the directory', () => {
  const childOid = `${organizationOid}.1`;
  const query = (rest: JsonObject): JsonObject => ({
    Meta: { ...metaOf('Organization', 'Query', directoryId), Extensions: {} },
    Directory: 'Carequality',
    ...rest,
  });
  const namesOf = async (rest: JsonObject): Promise<readonly unknown[]> => {
    const { Organizations } = json(await deliver(query(rest))) as { Organizations: readonly JsonObject[] };
    return Organizations.map(({ Name }) => Name);
  };

  beforeEach(async () => {
    await deliver(organizationNew());
    const child = change(organizationNew(), 'Organizations.0.Identifiers.0.ID', childOid);
    const named = change(child, 'Organizations.0.Name', 'Children');
    await deliver(change(named, 'Organizations.0.PartOf.Identifier.Value', organizationOid));
  });

  it('finds by identifier, name and state, page by page', async () => {
    expect(await namesOf({ Identifier: { ID: childOid, IDType: 'OID' } })).toEqual(['Children']);
    expect(await namesOf({ NameSearch: { SearchType: 'contains', Value: 'monroe' } })).toEqual(['Monroe Clinic']);
    expect([await namesOf({ State: 'WI' }), await namesOf({ State: 'IL' })]).toEqual([
      ['Monroe Clinic', 'Children'],
      [],
    ]);
    expect(json(await deliver(query({ Index: '1', Limit: '1' })))).toMatchObject({
      Directory: 'Carequality',
      Organizations: [{ Name: 'Children', ManagingOrg: null }],
      Paging: { Count: 2, Index: 1 },
    });
  });

  it('needs the directory as its destination', async () => {
    const elsewhere = change(query({}), 'Meta.Destinations.0.ID', documents);
    expect(await refusalOf(elsewhere)).toEqual([403, expect.stringMatching(/^No subscriptions\./)]);
  });
});

import { describe, expect, it } from 'vitest';
import { differencesBetween, organizationIn } from '../../../src/directory/directory-record.ts';
import type { JsonObject } from '../../../src/json.ts';

const oid = '2.16.840.1.113883.3.6147.458.77777.1.1.1.1';
const record: JsonObject = {
  Active: true,
  Name: 'Monroe Clinic',
  Identifiers: [{ ID: oid, IDType: 'OID' }],
  Type: { System: 'ours', Value: 'Implementer' },
  PartOf: { Identifier: { Type: 'HCID', System: 'ours', Value: '2.16.840.1' } },
  DestinationID: 'destination',
  Contacts: [
    { Purpose: 'Technical', EmailAddresses: ['a@example.org'], PhoneNumber: { Work: '+16085551234' } },
    { Purpose: 'Records', PhoneNumber: { Work: '+16085551200' } },
  ],
  Address: { ZIP: '53703', Country: 'US' },
};
const there: JsonObject = {
  ...record,
  Type: { System: 'theirs', Value: 'Implementer' },
  PartOf: { Identifier: { Value: 'urn:oid:2.16.840.1' } },
  DestinationID: null,
  ManagingOrg: null,
  Address: { ZIP: '53703', Country: 'USA', Line2: '' },
};

const pathsOf = (other: JsonObject): readonly string[] => differencesBetween(record, other).map(({ path }) => path);

describe('the record in the directory', () => {
  it('is found by its OID, also as a URN', () => {
    const urn = { Name: 'URN', Identifiers: [null, { ID: `urn:oid:${oid}` }] };
    expect(organizationIn([{ Name: 'none' }, { Identifiers: 'x' }, urn], oid)).toBe(urn);
    expect(organizationIn([{ Identifiers: [{ ID: `${oid}.1` }] }], oid)).toBeNull();
  });

  it('agrees where only the message’s own fields and the writing differ', () => {
    expect(pathsOf(there)).toEqual([]);
  });

  it('differs in a destination that the answer tells', () => {
    expect(pathsOf({ ...there, DestinationID: 'another' })).toEqual(['DestinationID']);
  });

  it('lacks everything in an answer without fields', () => {
    expect(pathsOf({})).toEqual([
      ...['Active', 'Name', 'Type.Value', 'PartOf.Identifier.Value', 'Contacts[0]', 'Contacts[1]'],
      ...['Address.ZIP', 'Address.Country'],
    ]);
  });

  it('pairs contacts by what they share, and names one too many', () => {
    const [technical = {}, records = {}] = record['Contacts'] as readonly JsonObject[];
    const extra = { Purpose: 'Billing' };
    const moved = { ...technical, EmailAddresses: ['b@example.org'] };
    expect(differencesBetween(record, { ...there, Contacts: [records, extra, moved] })).toEqual([
      { path: 'Contacts[0].EmailAddresses[0]', inFile: 'a@example.org', inDirectory: 'b@example.org' },
      { path: 'Contacts', inFile: undefined, inDirectory: extra },
    ]);
  });

  it('survives any shape', () => {
    expect(pathsOf({ ...there, Contacts: 'x', Address: [1], Name: 7 })).toEqual([
      ...['Name', 'Contacts[0]', 'Contacts[1]', 'Address.ZIP', 'Address.Country'],
    ]);
  });
});

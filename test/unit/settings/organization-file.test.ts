import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { organizationSchema, readOrganizationFile } from '../../../src/config/file/organization-file.ts';
import { UsageFault } from '../../../src/fault.ts';
import { gatewayOid, type Organization } from '../../../src/directory/organization.ts';
import { packageRoot } from '../../../src/package-root.ts';

const ownOid = '2.16.840.1.113883.3.6147.458.77777.1.1.1.1';
const childOid = `${ownOid}.1`;
const exampleFile = join(packageRoot, 'jobs/organization.example.json');
const example = JSON.parse(readFileSync(exampleFile, 'utf8')) as {
  readonly contacts: readonly object[];
  readonly address: object;
};

const folder = mkdtempSync(join(tmpdir(), 'organization-'));
function readText(text: string): Organization {
  const file = join(folder, 'clinic.json');
  writeFileSync(file, text);
  return readOrganizationFile(file, ownOid);
}
const readWith = (changes: object): Organization => readText(JSON.stringify({ ...example, ...changes }));

/** What is wrong with it, without the line that names the file. */
function faultsIn(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof UsageFault) return error.message.split('\n  ').slice(1);
    throw error;
  }
  return [];
}

test('the example is valid', () => {
  expect(readOrganizationFile(exampleFile, ownOid)).toMatchObject({ oid: ownOid, name: 'Monroe Clinic' });
});

test("the editors' schema is the one that checks the file", () => {
  const file = join(packageRoot, 'jobs/organization.schema.json');
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, `${JSON.stringify(organizationSchema, null, 2)}\n`);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(organizationSchema)));
});

test('the schema explains every key of the file', () => {
  const unexplained = (place: object, path: string): string[] =>
    Object.entries(place).flatMap(([key, value]: [string, unknown]) => {
      if (typeof value !== 'object' || value === null) return [];
      const here = `${path}.${key}`;
      const isKey = path.endsWith('.properties');
      return [...(isKey && !('description' in value) ? [here] : []), ...unexplained(value, here)];
    });
  expect(unexplained(organizationSchema, '')).toEqual([]);
});

describe("a file's faults are listed at once", () => {
  test('with place, value and expectation', () => {
    const faults = faultsIn(() =>
      readWith({
        name: '  ',
        oid: `urn:oid:${ownOid}`,
        parentOid: gatewayOid,
        alias: ['Monroe'],
        contacts: [{ purpose: 'Technical', phone: { office: '608 555 1234', work: '12' }, emailAddresses: ['x'] }],
        address: { ...example.address, state: 'Wisc onsin!', zip: 53703, zipcode: '53703' },
      }),
    );
    expect(faults).toEqual(
      expect.arrayContaining([
        'name is "  "; expected the organisation\'s name.',
        expect.stringMatching(/^oid is "urn:oid:2\.16.*"; expected the organisation's OID as Redox issued it/),
        'alias is no key of this file; expected aliases, or nothing of that name.',
        'contacts[0].name is not given; expected a name.',
        'contacts[0].phone.work is "12"; expected at work, a phone number such as +1 608 555 1234.',
        'contacts[0].emailAddresses[0] is "x"; expected an e-mail address.',
        'address.zip is 53703; expected a ZIP or postal code.',
        'address.zipcode is no key of this file; expected address.zip, or nothing of that name.',
      ]),
    );
    expect(faults.filter((fault) => fault.startsWith('contacts[0].phone.office is no key'))).toHaveLength(1);
  });

  test.each<[string, object, RegExp]>([
    ['without a contact', { contacts: [] }, /^contacts is \[\]; expected a list of at least one contact\.$/],
    ['without an address', { address: undefined }, /^address is not given; expected an object with street/],
    ['with a state that the US has not', { address: { ...example.address, state: 'Ontario' } }, /^address\.state is/],
    ['with a ZIP that the US has not', { address: { ...example.address, zip: '5370' } }, /^address\.zip is "5370"/],
    ['with a country that there is not', { address: { ...example.address, country: 'Atlantis' } }, /^address\.country/],
    ['that is its own parent', { parentOid: ownOid }, /^parentOid is the oid itself/],
    ['of a child without a parent', { oid: childOid, parentOid: undefined }, /child organisation/],
  ])('of one %s', (_, changes, fault) => {
    expect(faultsIn(() => readWith(changes))).toEqual([expect.stringMatching(fault)]);
  });

  test('for a file of something else', () => {
    expect(faultsIn(() => readText('[]'))).toEqual([
      expect.stringMatching(/^the file is \[\]; expected an object with/),
    ]);
    expect(() => readText('{"name": }')).toThrow(/clinic\.json is not JSON: /);
    for (const text of ['\u0000\u0001PNG', '\u001B[31m{}', '{"name": \uFFFD}']) {
      expect(() => readText(text)).toThrow(/clinic\.json is not JSON: it has bytes that are no text\.$/);
    }
    expect(() => readOrganizationFile(join(folder, 'none.json'), ownOid)).toThrow(
      /none\.json cannot be read \(ENOENT\)/,
    );
  });
});

describe("values are read like the EHR's", () => {
  test("into Redox's spellings", () => {
    const { contacts, address } = readWith({
      address: { ...example.address, state: 'wisconsin', zip: '537031234', country: 'USA' },
    });
    expect(address).toMatchObject({ state: 'WI', zip: '53703-1234', country: 'US' });
    expect(contacts[0]?.phone).toEqual({ home: null, mobile: null, work: '+16085551234' });
  });

  test('and unchanged for another country', () => {
    const ottawa = { street: '1 Main', city: 'Ottawa', state: 'Ontario', zip: 'K1A 0B1', country: 'Canada' };
    expect(readWith({ address: ottawa }).address).toEqual({ ...ottawa, county: null, country: 'CA' });
  });

  test('a byte order mark is harmless', () => {
    expect(readText(`\uFEFF${JSON.stringify(example)}`).oid).toBe(ownOid);
  });
});

describe('the parent', () => {
  test("of the organisation itself defaults to Redox's gateway", () => {
    expect(readWith({ parentOid: undefined }).parentOid).toBe(gatewayOid);
  });

  test('of a child comes from the file', () => {
    expect(readWith({ oid: childOid, parentOid: ownOid })).toMatchObject({ oid: childOid, parentOid: ownOid });
  });
});

import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { UsageFault } from '../../fault.ts';
import { gatewayOid, type Organization } from '../../directory/organization.ts';
import type { Reading } from '../../values/reading.ts';
import { readCountry, isDomestic, readState, readZip } from '../../values/contact/address.ts';
import { readEmail, readPhone } from '../../values/contact/telecom.ts';
import { oid as oidFormat } from '../format/formats.ts';
import { sentencesOf, type Place } from './organization-faults.ts';

/**
 * The file in which a site describes its organisation. `jobs/organization.schema.json`, for editors, is generated from this;
 * `jobs/organization.example.json` is an example. Values are read like the EHR's; an unreadable value is a fault, because a person is there
 * to correct it. Faults show the values, because they are the organisation's own.
 */

/** A text with a value, read by a function that returns undefined on failure; `expected` completes "expected …". */
const value = (expected: string, read: (text: string) => string | undefined = (text) => text) =>
  z
    .string()
    .transform((text, context) => {
      const found = text.trim() === '' ? undefined : read(text.trim());
      if (found !== undefined) return found;
      context.addIssue('cannot be read');
      return z.NEVER;
    })
    .describe(expected);

const readBy = (read: (text: string) => Reading<string>) => (text: string) => read(text).value;
const oid = (expected: string) => value(expected, (text) => oidFormat.safeParse(text).data);
const phone = (what: string) => value(`${what}, a phone number such as +1 608 555 1234`, readBy(readPhone)).optional();

const contact = z
  .strictObject({
    purpose: value('what the contact is for, such as Technical'),
    name: value('a name'),
    emailAddresses: z
      .array(value('an e-mail address', readBy(readEmail)))
      .describe('a list of e-mail addresses')
      .optional(),
    phone: z
      .strictObject({ home: phone('at home'), mobile: phone('mobile'), work: phone('at work') })
      .describe('an object with home, mobile or work')
      .optional(),
  })
  .describe('an object with purpose, name, emailAddresses and phone');

const isOfUsps = (country: string): boolean => isDomestic({ value: country, problems: [] });

/** A rule about a field and the country: also asked where other fields have faults, for those two can be read. */
const withCountry = (field: 'state' | 'zip') => ({
  path: [field],
  when: ({ value: address }: { readonly value: unknown }) => {
    const { country, [field]: text } = (address ?? {}) as Readonly<Record<string, unknown>>;
    return typeof country === 'string' && typeof text === 'string';
  },
});

const address = z
  .strictObject({
    street: value('a street and number'),
    city: value('a city'),
    state: value('a state; of the US its name or two letters'),
    zip: value('a ZIP or postal code'),
    county: value('a county').optional(),
    country: value('a country, such as US', readBy(readCountry)),
  })
  .refine(({ country, state }) => !isOfUsps(country) || readState(state).value !== undefined, withCountry('state'))
  .refine(({ country, zip }) => !isOfUsps(country) || readZip(zip).value !== undefined, withCountry('zip'))
  .describe('an object with street, city, state, zip, county and country');

const organizationFile = z
  .strictObject({
    $schema: z.string().describe('the schema of this file, for editors').optional(),
    name: value("the organisation's name"),
    aliases: z.array(value('another name')).describe('a list of other names').optional(),
    oid: oid(`the organisation's OID as Redox issued it, such as ${gatewayOid}`),
    parentOid: oid(
      "the OID of the organisation above it; of ORGANIZATION_OID it may be left out and is Redox's gateway",
    ).optional(),
    type: value('its type in the directory, such as Implementer').optional(),
    destinationId: value(
      'the id of the destination at Redox that takes inbound traffic; each environment has its own',
    ).optional(),
    contacts: z.array(contact).min(1).describe('a list of at least one contact'),
    address,
  })
  .describe('an object with name, oid, contacts and address');

export const organizationSchema = z.toJSONSchema(organizationFile, { io: 'input' });

/** Reads the file. Throws one UsageFault that lists everything that is wrong with it. */
export function readOrganizationFile(file: string, organizationOid: string): Organization {
  const given = parse(file);
  const read = organizationFile.safeParse(given);
  const issues = read.success ? [] : read.error.issues;
  const faults = [
    ...issues.flatMap((issue) => sentencesOf(issue, given, organizationSchema as Place)),
    ...parentFaults(given, organizationOid),
  ];
  if (!read.success || faults.length > 0) throw new UsageFault([`${file} does not fit:`, ...faults].join('\n  '));
  return organizationOf(read.data);
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, '')) as unknown;
  } catch (error) {
    // The parser repeats what it found: of a file that is no text, only that it is none.
    if (error instanceof SyntaxError) {
      const found = /[^\t\n\r\P{C}]|\uFFFD/u.test(error.message) ? 'it has bytes that are no text' : error.message;
      throw new UsageFault(`${file} is not JSON: ${found}.`);
    }
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new UsageFault(`${file} cannot be read (${code}); expected the JSON file of an organisation.`);
  }
}

/** ORGANIZATION_OID itself is below Redox's gateway; for a child the file must name its parent. */
function parentFaults(given: unknown, organizationOid: string): string[] {
  const { oid: own, parentOid } = (given ?? {}) as { readonly oid?: unknown; readonly parentOid?: unknown };
  if (typeof own !== 'string') return [];
  if (parentOid === own) return ['parentOid is the oid itself; expected the OID of the organisation above it.'];
  if (parentOid !== undefined || own === organizationOid) return [];
  return [
    `parentOid is not given, and oid is not ORGANIZATION_OID (${organizationOid}), so this is a child organisation; expected ` +
      'the OID of its parent, or oid corrected.',
  ];
}

function organizationOf(file: z.output<typeof organizationFile>): Organization {
  const { street, city, state, zip, county = null, country } = file.address;
  const isUsps = isOfUsps(country);
  return {
    oid: file.oid,
    parentOid: file.parentOid ?? gatewayOid,
    name: file.name,
    aliases: file.aliases ?? [],
    type: file.type ?? null,
    destinationId: file.destinationId ?? null,
    contacts: file.contacts.map(({ purpose, name, emailAddresses = [], phone: numbers = {} }) => ({
      purpose,
      name,
      emailAddresses,
      phone: { home: numbers.home ?? null, mobile: numbers.mobile ?? null, work: numbers.work ?? null },
    })),
    address: {
      street,
      city,
      state: (isUsps ? readState(state).value : null) ?? state,
      zip: (isUsps ? readZip(zip).value : null) ?? zip,
      county,
      country,
    },
  };
}

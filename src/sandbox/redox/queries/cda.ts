import type { JsonObject } from '../../../json.ts';
import { idsAt, objectAt, textAt } from '../messages/lookup.ts';
import type { StoredDocument } from '../repository.ts';
import type { Site } from '../site.ts';

/** A document as the CDA that Redox makes of it: its ids, times, patient and visit, and the text of its sections. */
export function cdaOf({ id, message }: StoredDocument, site: Site, ids: 'split' | 'whole'): string {
  const document = objectAt(message, 'Header', 'Document') ?? {};
  const sections = Object.entries(message).flatMap(([key, text]) =>
    key.endsWith('Text') && typeof text === 'string' ? [sectionOf(key, text)] : [],
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<ClinicalDocument xmlns="urn:hl7-org:v3">',
    ids === 'split' ? splitId(id) : element('id', { root: site.documentOid, extension: id }),
    element('code', codeOf(document)),
    `<title>${escaped(textAt(document, 'Title') ?? '')}</title>`,
    element('effectiveTime', { value: timeOf(textAt(document, 'DateTime')) }),
    element('setId', { root: site.documentOid, extension: textAt(document, 'SetID') }),
    element('versionNumber', { value: textAt(document, 'VersionNumber') }),
    `<recordTarget><patientRole>${patientOf(message, site)}</patientRole></recordTarget>`,
    `<componentOf><encompassingEncounter>${visitOf(document)}</encompassingEncounter></componentOf>`,
    `<component><structuredBody>${sections.join('')}</structuredBody></component>`,
    '</ClinicalDocument>',
  ].join('');
}

type Attributes = Readonly<Record<string, string | null>>;

/** An element without the attributes that are null, or nothing where all are. */
function element(name: string, attributes: Attributes): string {
  const given = Object.entries(attributes).flatMap(([key, value]) =>
    value === null ? [] : [` ${key}="${escaped(value)}"`],
  );
  return given.length === 0 ? '' : `<${name}${given.join('')}/>`;
}

function splitId(id: string): string {
  const at = id.indexOf('^');
  return at < 0 ? element('id', { root: id }) : element('id', { root: id.slice(0, at), extension: id.slice(at + 1) });
}

const codeOf = (document: JsonObject): Attributes => ({
  code: textAt(document, 'TypeCode', 'Code'),
  codeSystem: textAt(document, 'TypeCode', 'CodeSystem'),
  displayName: textAt(document, 'TypeCode', 'Name'),
});

function patientOf(message: JsonObject, { patientOid }: Site): string {
  const demographics = objectAt(message, 'Header', 'Patient', 'Demographics') ?? {};
  const ids = idsAt(message, patientOid, 'Header', 'Patient', 'Identifiers');
  const name = (tag: string, key: string): string => `<${tag}>${escaped(textAt(demographics, key) ?? '')}</${tag}>`;
  return [
    ...ids.map((extension) => element('id', { root: patientOid, extension })),
    `<patient><name>${name('given', 'FirstName')}${name('family', 'LastName')}</name>`,
    `${element('birthTime', { value: timeOf(textAt(demographics, 'DOB')) })}</patient>`,
  ].join('');
}

function visitOf(document: JsonObject): string {
  const time = (key: string): string | null => timeOf(textAt(document, 'Visit', key));
  return [
    element('id', { extension: textAt(document, 'Visit', 'VisitNumber') }),
    '<effectiveTime>',
    element('low', { value: time('StartDateTime') }),
    element('high', { value: time('EndDateTime') }),
    '</effectiveTime>',
  ].join('');
}

/** The text of a section is markup of its own. */
const sectionOf = (key: string, text: string): string =>
  `<component><section><title>${key.replace(/Text$/, '')}</title><text>${text}</text></section></component>`;

/** `20240229100000+0000`, or `20240229` for a bare date. */
const timeOf = (text: string | null): string | null =>
  text === null ? null : text.replace(/\.\d+/, '').replace(/Z$/, '+0000').replaceAll(/[-:T]/g, '');

const escaped = (text: string): string => text.replaceAll(/[<>&"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

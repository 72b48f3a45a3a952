import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalReference } from '../../../src/ehr/fhir/fhir-element.ts';

const settled = (text: string): unknown => expect.objectContaining({ text, isOpen: false });
const open = (text: string): unknown => expect.objectContaining({ text, isOpen: true });

describe('a reference', () => {
  test.each([
    ['Patient/1', settled('Patient/1')],
    [' Patient/1 ', settled('Patient/1')],
    ['https://ehr.example.org/fhir/R4/Patient/a-1.B', settled('Patient/a-1.B')],
    ['Patient/1/_history/7', settled('Patient/1')],
    ['http://localhost:8080/fhir/Encounter/x/_history/2', settled('Encounter/x')],
    ['urn:uuid:4026988C-ab06-4635-8c53-86cbad7b1c56', open('urn:uuid:4026988c-ab06-4635-8c53-86cbad7b1c56')],
    ['urn:oid:1.2.3', open('urn:oid:1.2.3')],
    [
      'Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|9999974493',
      open('Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|9999974493'),
    ],
    ['Location?identifier=urn%3Aoid%3A1.2%7CA%201', open('Location?identifier=urn:oid:1.2|A 1')],
    ['https://ehr.example.org/Patient?identifier=7', open('Patient?identifier=7')],
    ['Location?identifier=%E0%A4%A', open('Location?identifier=%E0%A4%A')],
    ['#med', settled('#med')],
    ['Practitioner?name=Lee', settled('Practitioner?name=Lee')],
    ['https://example.org/a document', settled('https://example.org/a document')],
    ['', settled('')],
  ])('%j becomes %j', (given, wanted) => {
    expect(normalReference(given)).toEqual(wanted);
  });

  const type = fc.constantFrom('Patient', 'Encounter', 'PractitionerRole');
  const id = fc.stringMatching(/^[A-Za-z0-9.-]{1,88}$/);
  const base = fc.constantFrom('', 'https://a.example.org/', 'http://b.example.org:8080/fhir/r4/');
  const version = fc.constantFrom('', '/_history/1', '/_history/abc');

  test('is one text for one resource, whatever its server and version', () => {
    fc.assert(
      fc.property(type, id, base, version, (one, of, server, at) => {
        expect(normalReference(`${server}${one}/${of}${at}`)).toEqual(settled(`${one}/${of}`));
      }),
    );
  });

  test('stays as it is once it is normal', () => {
    fc.assert(
      fc.property(fc.string(), (given) => {
        const { text } = normalReference(given);
        expect(normalReference(text).text).toBe(text);
      }),
    );
  });
});

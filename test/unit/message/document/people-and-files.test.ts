import { describe, expect, test } from 'vitest';
import type { Section, SectionRows } from '../../../../src/contract/section.ts';
import { buildVisitPush } from '../../../../src/message/document/visit.ts';
import { openPreflight } from '../../../../src/redox/preflight.ts';
import { context, outpatientVisit, patientRow, push } from '../rows.ts';
import { fullSections, sectionRow } from '../section-rows.ts';

const preflight = openPreflight({ ...context, sizeLimitBytes: 50_000_000 });

type Built = ReturnType<typeof buildVisitPush>;

const build = (sections: SectionRows, visit = outpatientVisit): Built => {
  const built = buildVisitPush(visit, patientRow({ patient_id: '1' }), push, context, sections);
  expect(preflight('VisitPush', built.message)).toBeNull();
  return built;
};

const rowsIn = (section: Section, ...rows: readonly Readonly<Record<string, string>>[]): SectionRows => ({
  [section]: rows.map((row) => ({ ...sectionRow(section, {}), ...row })),
});

describe('the care team', () => {
  const granite = { last_name: 'Granite', npi: '1467500009', phone: '608-555-1234', role_name: 'Family doctor' };

  test('names the primary care clinician in the header and in the text', () => {
    const { message } = build(rowsIn('care_team', { ...granite, primary_care: 't' }, { last_name: 'Reed' }));
    expect(message['Header']).toMatchObject({
      PCP: { ID: '1467500009', IDType: 'NPI', LastName: 'Granite', PhoneNumber: { Office: '+16085551234' } },
    });
    expect(message['CareTeams']).toMatchObject([
      { Members: [{ LastName: 'Granite', Roles: [{ Name: 'Family doctor' }] }, { LastName: 'Reed' }] },
    ]);
    expect(message['CareTeamsText']).toContain('<td>Granite, primary care</td>');
  });

  test('adds those who took part to the clinicians of the visit, each once', () => {
    const tookPart = { took_part: 'yes' };
    const { message } = build(
      rowsIn(
        'care_team',
        { ...granite, ...tookPart },
        { last_name: 'Okafor', npi: '1234567893', ...tookPart },
        { last_name: 'Okafor', id: '77', ...tookPart },
        { last_name: 'Reed', id: '78' },
      ),
    );
    expect(message).toMatchObject({
      Encounters: [
        {
          Providers: [
            { LastName: 'Okafor' },
            { LastName: 'Granite', NPI: '1467500009', Role: { Name: 'Family doctor' } },
          ],
        },
      ],
    });
    expect(message['Header']).not.toHaveProperty('PCP');
  });
});

describe('the reason of a visit', () => {
  test('is coded by itself, in words, and absent where there is none', () => {
    const { message } = build({});
    expect(message['ReasonForVisit']).toMatchObject([{ Code: 'J02.9', Category: { Code: '29299-5' } }]);
    expect(message['ReasonForVisitText']).toBe(
      '<paragraph>Acute pharyngitis, unspecified (ICD-10-CM J02.9)</paragraph>',
    );
    const nothing = { reason_code: null, reason_code_system: null, reason_name: null };
    expect(build({}, { ...outpatientVisit, ...nothing }).message).not.toHaveProperty('ReasonForVisit');
  });

  test('keeps its code beside the words of a note', () => {
    const { message } = build(rowsIn('notes', { kind: 'reason_for_visit', text: 'Cough' }));
    expect(message['ReasonForVisitText']).toBe('<paragraph>Cough</paragraph>');
    expect(message['ReasonForVisit']).toMatchObject([{ Code: 'J02.9' }]);
  });
});

describe('functional status', () => {
  test('has abilities and supplies in one place, and both texts', () => {
    const { message } = build({ functional_status: fullSections.functional_status, supplies: fullSections.supplies });
    expect(message['FunctionalStatus']).toMatchObject({
      Observations: [{ Code: '54522-8' }, { Name: 'Barthel index', ReferenceRange: { Low: 0, High: 100 } }],
      Supplies: [
        { Code: '87405001', Status: 'completed' },
        { Name: 'Home oxygen', Status: 'cancelled' },
      ],
    });
    expect(message['FunctionalStatusText']).toMatch(/Barthel index.*Not done: Home oxygen/);
  });
});

describe('a note that is a file', () => {
  const base64 = (content: string): string => Buffer.from(content, 'latin1').toString('base64');
  const note = (values: Readonly<Record<string, string>>): Built =>
    build(rowsIn('notes', { name: 'Imaging', ...values }));
  const only = ({ message }: Built): unknown =>
    (message['NoteSections'] as readonly { readonly Notes: readonly unknown[] }[])[0]?.Notes[0];

  test.each([
    ['pdf', '%PDF-1.7 …'],
    ['rtf', '{\\rtf1 Hello}'],
    ['tiff', 'II*\0 …'],
    ['image/tiff', 'MM\0* …'],
  ])('goes out as it is: %s', (kind, content) => {
    const file_contents = base64(content);
    const built = note({
      content_type: kind,
      file_contents: `${file_contents.slice(0, 8)}\n${file_contents.slice(8)}`,
    });
    expect(only(built)).toMatchObject({ ContentType: 'Base64 Encoded', FileContents: file_contents });
    expect(built.findings).toEqual([]);
  });

  test('needs no declared kind, and keeps its text', () => {
    const built = note({ file_contents: base64('%PDF-1.7'), text: 'No fracture.' });
    expect(only(built)).toMatchObject({ ContentType: 'Base64 Encoded' });
    expect(built.message['NoteSections']).toMatchObject([{ Text: expect.stringContaining('No fracture.') as string }]);
    expect(note({ file_contents: base64('%PDF-1.7') }).message['NoteSections']).toMatchObject([
      { Text: expect.stringContaining('PDF file') as string },
    ]);
  });

  test('that is long stands once, in the text of its section', () => {
    const long = only(note({ text: 'x'.repeat(1_000_001) }));
    expect(long).not.toHaveProperty('FileContents');
    expect(long).not.toHaveProperty('ContentType');
    expect(only(note({ text: 'x'.repeat(1_000_000) }))).toMatchObject({ ContentType: 'Plain Text' });
  });

  test.each([
    ['of another kind', { content_type: 'tiff', file_contents: base64('%PDF-1.7') }, 'malformed'],
    ['of no known kind', { file_contents: base64('GIF89a and more') }, 'malformed'],
    ['that is no base64', { file_contents: 'a chest film' }, 'malformed'],
    ['above ten megabytes', { file_contents: base64(`%PDF-${'a'.repeat(10_000_001)}`) }, 'file_too_large'],
  ])('leaves out a file %s, and reports it', (_, values, problem) => {
    const built = note({ text: 'No fracture.', ...values });
    expect(only(built)).toMatchObject({
      ContentType: 'Plain Text',
      FileContents: '<paragraph>No fracture.</paragraph>',
      Encounter: { Identifiers: [{ IDType: 'VN' }] },
    });
    expect(built.findings).toEqual([{ column: 'notes.file_contents', problem }]);
  });
});

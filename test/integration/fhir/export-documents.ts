/** The rows of the sections that are compared whole, with their visits and further columns, as the files of an export have them. */
import type { JsonObject } from '../../../src/json.ts';
import { categories, codesIn, codingOf, type ExportFiles, list, object, text } from './export-file.ts';
import { visitOf } from './export-visits.ts';

interface WholeSection {
  readonly columns: readonly string[];
  readonly rows: (files: ExportFiles) => readonly (readonly string[])[];
}

const day = (written: string): string => (written.length >= 10 ? written : '');
const isMistake = (one: JsonObject, ...others: readonly string[]): boolean =>
  ['entered-in-error', ...others].includes(text(one, 'status'));
const snomed = 'http://snomed.info/sct';
const loinc = 'http://loinc.org';
const icd10 = 'http://hl7.org/fhir/sid/icd-10-cm';

function nameOf(concept: JsonObject | undefined): string {
  const codings = list(concept?.['coding']);
  const chosen = codings.find((one) => one['userSelected'] === true) ?? codings.find((one) => text(one, 'code') !== '');
  return (
    text(concept, 'text') ||
    text(chosen, 'display') ||
    (codings.map((one) => text(one, 'display')).find((display) => display !== '') ?? '')
  );
}

const coded = (concept: JsonObject | undefined, ...systems: readonly string[]): readonly [string, string] => [
  text(codingOf(concept, ...systems), 'code'),
  nameOf(concept),
];

/** Of an attachment with a text in it. */
function textIn(attachment: JsonObject | undefined): string {
  const data = attachment?.['data'];
  const isText = /^\s*(?:text\/|application\/(?:xhtml\+xml|rtf))/i.test(text(attachment, 'contentType'));
  return isText && typeof data === 'string' ? Buffer.from(data, 'base64').toString('utf8') : '';
}

const notes: WholeSection = {
  columns: ['code', 'written_at', 'status', 'text'],
  rows: (files) =>
    [
      ...files
        .all('DocumentReference')
        .filter((one) => text(one, 'status') === 'current' && text(one, 'docStatus') !== 'entered-in-error')
        .flatMap((one) =>
          list(one['content']).map((content) => [
            visitOf(files, one),
            text(codingOf(object(one, 'type'), loinc), 'code'),
            day(text(one, 'date') || text(object(object(one, 'context'), 'period'), 'start')),
            text(one, 'docStatus') || 'final',
            textIn(object(content, 'attachment')),
          ]),
        ),
      ...files
        .all('DiagnosticReport')
        .filter((one) => !isMistake(one, 'cancelled'))
        .flatMap((one) => {
          const forms = list(one['presentedForm']).map(textIn);
          const texts = forms.some((form) => form !== '') ? forms : [text(one, 'conclusion')];
          const when = text(one, 'effectiveDateTime') || text(one, 'issued');
          return texts.map((words) => [
            visitOf(files, one),
            text(codingOf(object(one, 'code'), loinc), 'code'),
            day(when),
            text(one, 'status'),
            words,
          ]);
        }),
    ].filter((row) => row.at(-1) !== ''),
};

const planOfCare: WholeSection = {
  columns: ['kind', 'code', 'planned_at', 'status'],
  rows: (files) => [
    ...files
      .all('CarePlan')
      .filter((one) => !isMistake(one, 'revoked'))
      .flatMap((one) => {
        const start = text(object(one, 'period'), 'start');
        const visit = visitOf(files, one);
        if (!Array.isArray(one['activity'])) {
          return text(object(one, 'text'), 'div') === '' ? [] : [[visit, 'service', '', day(start), 'intent']];
        }
        return list(one['activity'])
          .map((activity) => object(activity, 'detail'))
          .filter(
            (detail) =>
              detail?.['code'] !== undefined &&
              !/^(?:cancelled|stopped|entered-in-error)$/.test(text(detail, 'status')),
          )
          .map((detail) => {
            const [code] = coded(object(detail, 'code'), snomed);
            return [visit, 'service', code, day(text(object(detail, 'scheduledPeriod'), 'start') || start), 'intent'];
          });
      }),
    ...files
      .all('ServiceRequest')
      .filter((one) => /^(?:active|draft|on-hold)$/.test(text(one, 'status')) && one['doNotPerform'] !== true)
      .map((one) => [
        visitOf(files, one),
        categories(one).includes('387713003') ? 'procedure' : 'order',
        text(codingOf(object(one, 'code'), 'http://www.ama-assn.org/go/cpt', loinc, snomed), 'code'),
        day(
          text(one, 'occurrenceDateTime') || text(object(one, 'occurrencePeriod'), 'start') || text(one, 'authoredOn'),
        ),
        /^(?:plan|proposal|directive)$/.test(text(one, 'intent')) ? 'intent' : 'request',
      ]),
  ],
};

const insurances: WholeSection = {
  columns: [
    'company_name',
    'member_number',
    'policy_number',
    'effective_date',
    'expiration_date',
    'insured_relationship',
  ],
  rows: (files) =>
    files
      .all('Coverage')
      .filter((one) => !isMistake(one, 'cancelled', 'draft'))
      .flatMap((one) => {
        const whose = files.named(one['beneficiary'], 'Patient');
        const [from, to] = ['start', 'end'].map((name) => text(object(one, 'period'), name).slice(0, 10));
        const [payer] = list(one['payor']);
        const member = list(one['identifier']).find((item) => codesIn(item['type']).includes('MB'));
        return files
          .all('Encounter')
          .filter((visit) => files.named(visit['subject'], 'Patient') === whose)
          .filter((visit) => {
            const begun = text(object(visit, 'period'), 'start').slice(0, 10);
            return begun === '' || ((from ?? '') <= begun && (to === '' || begun <= (to ?? '')));
          })
          .map((visit) => [
            text(visit, 'id'),
            text(files.named(payer, 'Organization'), 'name') || text(payer, 'display'),
            text(member, 'value'),
            text(one, 'subscriberId'),
            from ?? '',
            to ?? '',
            text(codingOf(object(one, 'relationship')), 'code'),
          ]);
      }),
};

const familyHistory: WholeSection = {
  columns: ['relative_id', 'relative_name', 'code', 'name'],
  rows: (files) =>
    files
      .all('FamilyMemberHistory')
      .filter((one) => !isMistake(one))
      .flatMap((one) =>
        list(one['condition']).map((condition) => [
          visitOf(files, one),
          text(one, 'id'),
          nameOf(object(one, 'relationship')),
          ...coded(object(condition, 'code'), snomed),
        ]),
      ),
};

const medicalEquipment: WholeSection = {
  columns: ['code', 'name', 'status', 'udi', 'serial_number', 'lot_number'],
  rows: (files) =>
    files
      .all('Device')
      .filter((one) => one['patient'] !== undefined && !isMistake(one))
      .map((one) => [
        visitOf(files, one),
        ...coded(object(one, 'type'), snomed),
        text(one, 'status') === 'inactive' ? 'completed' : text(one, 'status'),
        text(list(one['udiCarrier'])[0], 'carrierHRF'),
        text(one, 'serialNumber'),
        text(one, 'lotNumber'),
      ]),
};

const advanceDirectives: WholeSection = {
  columns: ['type_code', 'code', 'started_at'],
  rows: (files) => [
    ...files
      .all('Observation')
      .filter((one) => !isMistake(one, 'cancelled'))
      .filter(
        (one) =>
          categories(one).includes('observation-adi-documentation') ||
          codesIn(one['code']).some((code) => ['45473-6', '75772-4'].includes(code)),
      )
      .map((one) => [
        visitOf(files, one),
        text(codingOf(object(one, 'code'), loinc), 'code'),
        text(codingOf(object(one, 'valueCodeableConcept')), 'code'),
        day(text(one, 'effectiveDateTime')),
      ]),
    ...files
      .all('DocumentReference')
      .filter((one) => !isMistake(one) && codesIn(one['type']).some((code) => directives.includes(code)))
      .map((one) => [
        visitOf(files, one),
        text(codingOf(object(one, 'type'), loinc), 'code'),
        '',
        day(text(one, 'date')),
      ]),
  ],
};
const directives = ['42348-3', '64298-3', '81334-5', '86533-7', '92664-2', '93037-0'];

const admissionDiagnosis: WholeSection = {
  columns: ['code', 'name'],
  rows: (files) =>
    files
      .all('Encounter')
      .filter((one) => ['IMP', 'ACUTE', 'NONAC'].includes(text(object(one, 'class'), 'code')))
      .flatMap((one) => {
        const admitting = list(one['diagnosis'])
          .filter((item) => codesIn(item['use']).includes('AD'))
          .map((item) => object(files.named(item['condition'], 'Condition'), 'code'));
        const reasons: readonly (JsonObject | undefined)[] = admitting.length > 0 ? admitting : list(one['reasonCode']);
        return reasons.map((reason) => [text(one, 'id'), ...coded(reason, icd10, snomed)]);
      }),
};

export const wholeSections: Readonly<Record<string, WholeSection>> = {
  notes,
  plan_of_care: planOfCare,
  insurances,
  family_history: familyHistory,
  medical_equipment: medicalEquipment,
  advance_directives: advanceDirectives,
  admission_diagnosis: admissionDiagnosis,
};

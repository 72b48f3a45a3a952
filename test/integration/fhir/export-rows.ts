/** The rows of each section as the files of an export have them, worked out without the contract. */
import type { JsonObject } from '../../../src/json.ts';
import { categories, codesIn, codingOf, type ExportFiles, list, object, text } from './export-file.ts';
import { visitOf } from './export-visits.ts';

/** False: its patient has no visit, so it has no document to stand in. */
const hasVisit = (files: ExportFiles, resource: JsonObject): boolean => visitOf(files, resource) !== '';

const isReal = (resource: JsonObject): boolean =>
  !['entered-in-error', 'cancelled', 'not-done'].includes(text(resource, 'status'));
const day = (written: string): string => (written.length >= 10 ? written : '');

const effectiveOf = (one: JsonObject): string =>
  day(text(one, 'effectiveDateTime') || text(object(one, 'effectivePeriod'), 'start') || text(one, 'issued'));

/** Rows of a section as the files have them, each as visit, code and time. */
export const expectedRows: Readonly<Record<string, (files: ExportFiles) => readonly (readonly string[])[]>> = {
  immunizations: (files) =>
    files
      .all('Immunization')
      .filter((one) => text(one, 'status') !== 'entered-in-error')
      .map((one) => {
        const concept = object(one, 'vaccineCode');
        return [
          visitOf(files, one),
          text(codingOf(concept, 'http://hl7.org/fhir/sid/cvx'), 'code'),
          day(text(one, 'occurrenceDateTime')),
        ];
      }),
  procedures: (files) =>
    files
      .all('Procedure')
      .filter(isReal)
      .map((one) => {
        const coding = codingOf(object(one, 'code'), 'http://snomed.info/sct', 'http://www.ama-assn.org/go/cpt');
        return [
          visitOf(files, one),
          text(coding, 'code'),
          day(text(one, 'performedDateTime') || text(object(one, 'performedPeriod'), 'start')),
        ];
      }),
  medications: (files) =>
    files
      .all('MedicationRequest')
      .filter((one) => isReal(one) && text(one, 'status') !== 'draft')
      .flatMap((one) => {
        const contained = list(one['contained']).find(
          (item) => `#${text(item, 'id')}` === text(object(one, 'medicationReference'), 'reference'),
        );
        const product =
          object(one, 'medicationCodeableConcept') ??
          object(contained ?? files.named(one['medicationReference'], 'Medication'), 'code');
        const row = [
          visitOf(files, one),
          text(codingOf(product, 'http://www.nlm.nih.gov/research/umls/rxnorm'), 'code'),
          '',
        ];
        const conditions = list(one['reasonReference']).map((reason) => files.named(reason, 'Condition'));
        const codes = [...list(one['reasonCode']), ...conditions.map((condition) => object(condition, 'code'))];
        const reasons = new Set(codes.filter((code) => code !== undefined).map((code) => JSON.stringify(code)));
        return Array.from({ length: Math.max(1, reasons.size) }, () => row);
      }),
  allergies: (files) =>
    files
      .all('AllergyIntolerance')
      .filter((one) => !codesIn(one['verificationStatus']).some((code) => /^(?:refuted|entered-in-error)$/.test(code)))
      .flatMap((one) => {
        const isNone = codesIn(one['code']).some((code) => noneKnown.includes(code));
        const coding = codingOf(object(one, 'code'), ...substanceSystems);
        const row = [visitOf(files, one), isNone ? '' : text(coding, 'code'), day(text(one, 'onsetDateTime'))];
        const manifestations = list(one['reaction']).map((reaction) => list(reaction['manifestation']).length);
        const rows = manifestations.reduce((sum, count) => sum + Math.max(1, count), 0);
        return Array.from({ length: Math.max(1, rows) }, () => row);
      }),
  problems: (files) =>
    files
      .all('Condition')
      .filter((one) => !codesIn(one['verificationStatus']).some((code) => /^(?:refuted|entered-in-error)$/.test(code)))
      .filter(
        (one) =>
          !categories(one).includes('encounter-diagnosis') ||
          categories(one).some((code) => /^(?:problem-list-item|health-concern)$/.test(code)),
      )
      .filter((one) => hasVisit(files, one))
      .map((one) => [
        visitOf(files, one),
        text(codingOf(object(one, 'code'), 'http://snomed.info/sct', 'http://hl7.org/fhir/sid/icd-10-cm'), 'code'),
        day(text(one, 'onsetDateTime') || text(object(one, 'onsetPeriod'), 'start')),
      ]),
  results: (files) =>
    observationsOf(
      files,
      (of) => !of.some((code) => /^(?:vital-signs|social-history|sdoh|observation-adi-doc.*)$/.test(code)),
    ).flatMap((one) => {
      const parts = [...(one['component'] === undefined || hasValue(one) ? [one] : []), ...list(one['component'])];
      return parts.map((part) => [
        visitOf(files, one),
        text(codingOf(object(part, 'code') ?? object(one, 'code'), 'http://loinc.org'), 'code'),
        day(effectiveOf(one)),
      ]);
    }),
  social_history: (files) =>
    observationsOf(files, (of) => of.some((code) => code === 'social-history' || code === 'sdoh')).flatMap((one) => {
      const parts = one['component'] === undefined ? [one] : list(one['component']);
      return parts.map((part) => [
        visitOf(files, one),
        text(codingOf(object(part, 'code'), 'http://loinc.org'), 'code'),
        day(effectiveOf(one)),
      ]);
    }),
  goals: (files) =>
    files
      .all('Goal')
      .filter((one) => !/^(?:entered-in-error|rejected|cancelled)$/.test(text(one, 'lifecycleStatus')))
      .filter((one) => hasVisit(files, one))
      .map((one) => {
        const concept = object(list(one['target'])[0], 'measure') ?? object(one, 'description');
        const coding = codingOf(concept, 'http://loinc.org', 'http://snomed.info/sct');
        return [visitOf(files, one), text(coding, 'code'), day(text(one, 'startDate'))];
      }),
  care_team: (files) =>
    files
      .all('CareTeam')
      .filter((one) => !/^(?:entered-in-error|proposed)$/.test(text(one, 'status')) && hasVisit(files, one))
      .flatMap((one) =>
        list(one['participant'])
          .filter((member) => files.named(member['member'], 'Practitioner') !== undefined)
          .flatMap((member) => {
            const roles = list(member['role']);
            const start = day(text(object(member, 'period'), 'start'));
            return (roles.length === 0 ? [undefined] : roles).map((role) => [
              visitOf(files, one),
              text(codingOf(role, 'http://snomed.info/sct'), 'code'),
              start,
            ]);
          }),
      ),
  vital_signs: (files) =>
    files
      .all('Observation')
      .filter((one) => isReal(one) && categories(one).includes('vital-signs') && hasVisit(files, one))
      .flatMap((one) => {
        const parts = [one, ...list(one['component'])].filter((part) => part['valueQuantity'] !== undefined);
        return parts.map((part) => [
          visitOf(files, one),
          text(codingOf(object(part, 'code'), 'http://loinc.org'), 'code'),
          effectiveOf(one),
        ]);
      }),
  assessment: (files) => diagnosesOf(files, (actCode) => actCode !== 'IMP'),
  discharge_diagnosis: (files) => diagnosesOf(files, (actCode) => actCode === 'IMP'),
};

const noneKnown = ['716186003', '409137002', '428607008', '429625007', '1003774007'];
const substanceSystems = [
  'http://www.nlm.nih.gov/research/umls/rxnorm',
  'http://fdasis.nlm.nih.gov',
  'http://snomed.info/sct',
];
const hasValue = (one: JsonObject): boolean =>
  Object.keys(one).some((name) => /^value(?:Quantity|CodeableConcept|String|Integer|Boolean)$/.test(name));
const observationsOf = (files: ExportFiles, isOf: (of: readonly string[]) => boolean): readonly JsonObject[] =>
  files.all('Observation').filter((one) => isReal(one) && isOf(categories(one)) && hasVisit(files, one));

const diagnosesOf = (files: ExportFiles, isOf: (actCode: string) => boolean): readonly (readonly string[])[] =>
  files
    .all('Condition')
    .filter((one) => categories(one).includes('encounter-diagnosis'))
    .filter((one) => isOf(text(object(files.named(one['encounter'], 'Encounter'), 'class'), 'code')))
    .map((one) => [
      visitOf(files, one),
      text(codingOf(object(one, 'code'), 'http://hl7.org/fhir/sid/icd-10-cm', 'http://snomed.info/sct'), 'code'),
      '',
    ]);

import { encounterColumns, patientColumns } from '../../../../src/contract/contract.ts';
import { sectionColumns, sections, type Section, type SectionRows } from '../../../../src/contract/section.ts';
import type { JsonObject } from '../../../../src/json.ts';
import type { PatientDetails } from '../../../../src/contract/patient-details.ts';
import type { MessageContext } from '../../../../src/message/context.ts';
import { buildVisitPush } from '../../../../src/message/document/visit.ts';
import { withEventDateTime } from '../../../../src/message/parts.ts';
import { buildOrganization, organizationRecord } from '../../../../src/message/organization.ts';
import { buildNewPatient, buildPatientMerge, buildPatientUpdate } from '../../../../src/message/patient.ts';
import type { EventName } from '../../../../src/redox/schema/messages.ts';
import { versionOf } from '../../message/rows.ts';
import { everyDetail, everyPatientColumn, everySection, everySetting, everyVisitColumn } from './maximal.ts';
import { valuesByPath } from './paths.ts';

/**
 * Where the fields of our messages come from, found by trial: each message is built of everything that a contract can
 * give, and once more without one column, or with another setting. What then changes comes from it.
 */

interface Given {
  readonly patient: typeof everyPatientColumn;
  readonly visit: typeof everyVisitColumn;
  readonly sections: SectionRows;
  readonly details: PatientDetails;
  readonly context: MessageContext;
  readonly version: number;
  readonly at: Date;
}

const everything: Given = {
  patient: everyPatientColumn,
  visit: everyVisitColumn,
  sections: everySection,
  details: everyDetail,
  context: everySetting,
  version: 7,
  at: new Date('2026-01-31T08:15:00.000Z'),
};

type Builder = (given: Given) => JsonObject;

const visitPush: Builder = ({ visit, patient, context, sections: rows, version }) =>
  buildVisitPush(
    visit,
    patient,
    { mrn: patient.mrn ?? '1', version: { ...versionOf(version), madeAt: new Date(version) } },
    context,
    rows,
  ).message;

const organization =
  (event: 'New' | 'Update'): Builder =>
  ({ context: { sender, sourceId } }) =>
    sender === null
      ? {}
      : buildOrganization(event, organizationRecord(sender), true, { environment: 'staging', sourceId });

const builders: Readonly<Record<EventName, Builder>> = {
  'PatientAdmin:NewPatient': ({ patient, context, details }) =>
    buildNewPatient(patient, context, undefined, details).message,
  'PatientAdmin:PatientUpdate': ({ patient, context, details }) =>
    buildPatientUpdate(patient, context, undefined, details).message,
  'PatientAdmin:PatientMerge': ({ patient, context }) => buildPatientMerge(patient, ['2'], context).message,
  'Clinical Summary:VisitPush': visitPush,
  'Organization:New': organization('New'),
  'Organization:Update': organization('Update'),
};

/** Columns of patients and visits, and settings, are tried on few sections, which is faster. */
const few: Given = {
  ...everything,
  sections: { notes: everySection.notes ?? [], care_team: everySection.care_team ?? [] },
};

const build = (event: EventName, given: Given): JsonObject => withEventDateTime(builders[event](given), given.at);

/** A source in words, and everything without it. */
interface Trial {
  readonly source: string;
  /** Undefined for what is no section's column. */
  readonly section?: Section;
  readonly without: Given;
}

const ofColumn = (file: string, column: string): string => `${file}.${column}`;

const patientTrials: readonly Trial[] = patientColumns
  .filter((column) => column !== 'patient_id')
  .map((column) => ({
    source: ofColumn('patients', column),
    // A date of death says it too.
    without: { ...few, patient: { ...everyPatientColumn, [column]: column === 'deceased' ? 'f' : null } },
  }));

const visitTrials: readonly Trial[] = [
  { source: 'encounters.encounter_id', without: { ...few, visit: { ...everyVisitColumn, encounter_id: 'e-2' } } },
  ...encounterColumns
    .filter((column) => !['encounter_id', 'patient_id'].includes(column))
    .map((column) => ({
      source: ofColumn('encounters', column),
      without: { ...few, visit: { ...everyVisitColumn, [column]: null } },
    })),
];

const setting = (source: string, changes: Partial<MessageContext>): Trial => ({
  source,
  without: { ...few, context: { ...everySetting, ...changes } },
});

const settingTrials: readonly Trial[] = [
  setting('REDOX_ENVIRONMENT', { test: false }),
  setting('REDOX_SOURCE_ID', { sourceId: null }),
  setting('REDOX_DESTINATION_ID', { destinationId: 'another' }),
  setting('PATIENT_OID', { patientOid: '1.2.3' }),
  setting('DOCUMENT_OID', { documentOid: '1.2.3' }),
  setting('ORGANIZATION_OID', { organizationOid: '1.2.3' }),
  setting('ORGANIZATION_FILE', { sender: null }),
  setting('SEND_SSN', { sendSsn: 'never' }),
  setting('DOCUMENT_TYPE', { documentType: 'name' }),
  setting('NETWORK', { network: { name: 'carequality' } }),
  { source: 'the version of the document', without: { ...few, version: 8 } },
  { source: 'the time of sending', without: { ...few, at: new Date(0) } },
];

const columnsOf = (section: Section): readonly string[] => sectionColumns(section);

const sectionTrials: readonly Trial[] = sections.flatMap((section) =>
  columnsOf(section)
    .filter((column) => column !== 'encounter_id')
    .map((column) => ({
      source: ofColumn(section, column),
      section,
      without: {
        ...everything,
        sections: {
          [section]: (everySection[section] ?? []).map((row) => ({ ...row, [column]: null })),
        },
      },
    })),
);

const detailTrials: readonly Trial[] = (['identifiers', 'care_team', 'insurances'] as const).flatMap((part) =>
  Object.keys(everyDetail[part]?.[0] ?? {})
    .filter((column) => column !== 'encounter_id' && column !== 'patient_id')
    .map((column) => ({
      source: ofColumn(part === 'identifiers' ? part : `summary/${part}`, column),
      without: {
        ...few,
        details: { ...everyDetail, [part]: everyDetail[part]?.map((row) => ({ ...row, [column]: null })) },
      },
    })),
);

/** A section is compared with itself alone. */
const onlyOf = (section: Section): Given => ({
  ...everything,
  sections: { [section]: everySection[section] },
});

const trialsOf = (event: EventName): readonly Trial[] => {
  if (event === 'Clinical Summary:VisitPush') {
    return [...patientTrials, ...visitTrials, ...sectionTrials, ...settingTrials];
  }
  return event.startsWith('Organization') ? settingTrials : [...patientTrials, ...detailTrials, ...settingTrials];
};

/** The paths that a message fills, each with its sources; a path without any is always the same. */
export function sourcesOf(event: EventName): ReadonlyMap<string, readonly string[]> {
  const sources = new Map<string, string[]>();
  for (const path of valuesByPath(build(event, everything)).keys()) sources.set(path, []);
  const whole = new Map<string, ReadonlyMap<string, string>>();
  for (const { source, section, without } of trialsOf(event)) {
    const key = section ?? '';
    const before = whole.get(key) ?? valuesByPath(build(event, section === undefined ? few : onlyOf(section)));
    whole.set(key, before);
    const after = valuesByPath(build(event, without));
    for (const [path, value] of before) if (after.get(path) !== value) sources.get(path)?.push(source);
  }
  return sources;
}

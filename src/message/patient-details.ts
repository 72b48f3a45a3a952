import { identifierColumns, type IdentifierRow, type PatientDetails } from '../contract/patient-details.ts';
import { cleanedRow, RowReader } from '../contract/row/cleaned-row.ts';
import type { Finding } from '../values/finding.ts';
import { leftOut, read, type Reading } from '../values/reading.ts';
import type { MessageContext } from './context.ts';
import { itemsOf } from './item/items.ts';
import type { Draft } from './present.ts';
import { teamClinicians } from './section/care-team.ts';
import { buildInsurances } from './section/insurances.ts';

/** What PatientAdmin has a place for besides the patient's row. */
interface Further {
  readonly identifiers: readonly Draft[];
  readonly primaryCare: Draft;
  readonly insurances: Draft;
  readonly findings: readonly Finding[];
}

export const nothingFurther: Further = { identifiers: [], primaryCare: undefined, insurances: undefined, findings: [] };

export function readPatientDetails(details: PatientDetails, context: MessageContext): Further {
  const { identifiers = [], care_team = [], insurances = [] } = details;
  const [ofIdentifiers, ofTeam, ofInsurances]: [Finding[], Finding[], Finding[]] = [[], [], []];
  const building = { calendar: context, zipFormat: context.zipFormat, visit: undefined };
  const team = teamClinicians(itemsOf({ ...building, section: 'care_team', findings: ofTeam }, care_team));
  const covers = itemsOf({ ...building, section: 'insurances', findings: ofInsurances }, insurances);
  return {
    identifiers: inOrder(identifiers).flatMap((row) => identifierOf(row, context, ofIdentifiers)),
    primaryCare: team.primary === undefined ? undefined : { ...team.primary, NPI: team.primaryNpi },
    insurances: buildInsurances(covers)['Insurances'],
    findings: [
      ...distinctOf('identifiers', ofIdentifiers),
      ...distinctOf('summary/care_team', ofTeam),
      ...distinctOf('summary/insurances', ofInsurances),
    ],
  };
}

/** The database's order and repeated rows make no difference. */
const inOrder = (rows: readonly IdentifierRow[]): readonly IdentifierRow[] => {
  const byText = new Map(rows.map((row) => [JSON.stringify(identifierColumns.map((column) => row[column])), row]));
  return [...byText].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
};

const identifierOf = (given: IdentifierRow, context: MessageContext, findings: Finding[]): readonly Draft[] => {
  const forms = { patient_id: 'key', id: 'id', type: 'line' } as const;
  const row = new RowReader(cleanedRow<keyof IdentifierRow>(given, forms, findings), findings);
  const id = row.id('id');
  if (id === undefined) return [];
  const type = row.keep('type', readType(row.text('type'), context));
  return type === undefined || (isSsn(type) && context.sendSsn === 'never') ? [] : [{ ID: id, IDType: type }];
};

/** Redox requires a type. A second identifier of the patients' own type would be a second record. */
const readType = (type: string | undefined, { patientOid }: MessageContext): Reading<string> =>
  type === undefined || type.replace(/^urn:oid:/i, '') === patientOid ? leftOut('malformed') : read(type);

/** HL7 v2 table 0203, and the OID of social security numbers. */
const isSsn = (type: string): boolean => /^(?:SS|SSN|(?:urn:oid:)?2\.16\.840\.1\.113883\.4\.1)$/i.test(type);

const distinctOf = (file: string, findings: readonly Finding[]): readonly Finding[] => {
  const distinct = new Map(findings.map((finding) => [`${finding.column} ${finding.problem}`, finding]));
  return [...distinct.values()].map(({ column, problem }) => ({ column: `${file}.${column}`, problem }));
};

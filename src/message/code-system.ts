import { leftOut, read, type Reading } from '../values/reading.ts';
import { lettersAndDigits } from '../values/word.ts';

/** Redox's coded values name their system twice: `CodeSystem` is an OID, `CodeSystemName` is for people. */
interface CodeSystem {
  readonly oid?: string;
  readonly name?: string;
}

const oidIn = (spelling: string): readonly string[] =>
  spelling.startsWith('urn:oid:') ? [spelling.slice('urn:oid:'.length)] : [];

/**
 * One line per system: OID, name, other spellings. Sources: HL7's OID registry (https://www.hl7.org/oid), the FHIR URLs
 * of https://terminology.hl7.org/external_terminologies.html, the short names of HL7 v2 table 0396, and Redox's
 * samples, where plain `ICD-10` means ICD-10-CM, as is usual in the US. WHO's ICD-10 needs its OID or URL. CVX has a second OID,
 * which Redox's samples have.
 */
const systems = `
  2.16.840.1.113883.6.96 ; SNOMED CT ; SNOMED | SCT | SNM | SNOMEDCT_US | http://snomed.info/sct
  2.16.840.1.113883.6.1 ; LOINC ; LN | http://loinc.org
  2.16.840.1.113883.6.88 ; RxNorm ; http://www.nlm.nih.gov/research/umls/rxnorm
  2.16.840.1.113883.6.90 ; ICD-10-CM ; ICD-10 | I10C | http://hl7.org/fhir/sid/icd-10-cm
  2.16.840.1.113883.6.3 ; ICD-10 WHO ; I10 | http://hl7.org/fhir/sid/icd-10
  2.16.840.1.113883.6.4 ; ICD-10-PCS ; I10P | http://www.cms.gov/Medicare/Coding/ICD10 | http://hl7.org/fhir/sid/icd-10-pcs
  2.16.840.1.113883.6.103 ; ICD-9-CM ; ICD-9 | I9C | I9CDX | http://hl7.org/fhir/sid/icd-9-cm
  2.16.840.1.113883.6.104 ; ICD-9-CM Procedures ; I9CP | http://hl7.org/fhir/sid/icd-9-cm/procedure
  2.16.840.1.113883.6.12 ; CPT ; CPT-4 | C4 | http://www.ama-assn.org/go/cpt
  2.16.840.1.113883.6.285 ; HCPCS ; HCPCS Level II | HCP | https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets
  2.16.840.1.113883.6.13 ; CDT ; CD2 | http://www.ada.org/cdt
  2.16.840.1.113883.12.292 ; CVX ; http://hl7.org/fhir/sid/cvx | urn:oid:2.16.840.1.113883.6.59
  2.16.840.1.113883.12.227 ; MVX ; http://hl7.org/fhir/sid/mvx
  2.16.840.1.113883.6.69 ; NDC ; http://hl7.org/fhir/sid/ndc
  2.16.840.1.113883.4.9 ; UNII ; http://fdasis.nlm.nih.gov
  2.16.840.1.113883.3.26.1.5 ; NDF-RT ; NDFRT | http://hl7.org/fhir/ndfrt
  2.16.840.1.113883.3.26.1.1 ; NCI Thesaurus ; NCIT | http://ncithesaurus-stage.nci.nih.gov | http://ncithesaurus.nci.nih.gov
  2.16.840.1.113883.6.8 ; UCUM ; http://unitsofmeasure.org
  2.16.840.1.113883.6.238 ; CDC Race and Ethnicity ; CDCREC
  2.16.840.1.113883.6.259 ; HealthcareServiceLocation ; HSLOC | https://www.cdc.gov/nhsn/cdaportal/terminology/codesystem/hsloc.html
  2.16.840.1.113883.6.101 ; NUCC Provider Taxonomy ; NUCC | http://nucc.org/provider-taxonomy
  2.16.840.1.113883.6.301.5 ; NUBC Patient Discharge Status ; UB-04 FL17 | https://www.nubc.org/CodeSystem/PatDischargeStatus
  2.16.840.1.113883.6.345 ; MED-RT ; http://va.gov/terminology/medrt
  2.16.840.1.113883.6.276 ; GMDN ; Global Medical Device Nomenclature
  2.16.840.1.113883.5.111 ; RoleCode ; HL7 RoleCode | http://terminology.hl7.org/CodeSystem/v3-RoleCode
  2.16.840.1.113883.5.1063 ; ObservationValue ; http://terminology.hl7.org/CodeSystem/v3-ObservationValue
  1.2.840.10008.2.16.4 ; DICOM ; DCM | http://dicom.nema.org/resources/ontology/DCM
  2.16.840.1.113883.5.4 ; ActCode ; HL7 ActCode | http://terminology.hl7.org/CodeSystem/v3-ActCode
`
  .trim()
  .split('\n')
  .map((line) => {
    const [oid = '', name = '', others = ''] = line.split(' ; ').map((part) => part.trim());
    const spellings = [name, ...others.split('|')].map((part) => part.trim());
    return { oid, name, spellings: spellings.map(lettersAndDigits), otherOids: spellings.flatMap(oidIn) };
  });

const byOid = new Map<string, CodeSystem>(
  systems.flatMap(({ oid, name, otherOids }) => [oid, ...otherOids].map((key) => [key, { oid, name }] as const)),
);
const bySpelling = new Map<string, CodeSystem>(
  systems.flatMap(({ oid, name, spellings }) => spellings.map((key) => [key, { oid, name }] as const)),
);

/** X.660: arcs without leading zeros, the first 0 to 2, the second at most 39 under 0 and 1. So `1.50` is a name. */
const oidShape = /^(?:[01]\.(?:\d|[1-3]\d)|2\.(?:0|[1-9]\d*))(?:\.(?:0|[1-9]\d*))*$/;

/** Cached, because a site writes its few systems in few ways, and every code has one. */
const readings = new Map<string, Reading<CodeSystem>>();
const keptReadings = 1_000;

/** An unlisted system is sent as written: an OID as the OID, anything else as the name. */
export const readCodeSystem = (text: string): Reading<CodeSystem> => {
  let reading = readings.get(text);
  if (reading === undefined) {
    reading = parsed(text);
    if (readings.size < keptReadings) readings.set(text, reading);
  }
  return reading;
};

const parsed = (text: string): Reading<CodeSystem> => {
  const given = text.trim();
  const oid = given.replace(/^urn:oid:/i, '');
  if (oidShape.test(oid)) {
    const known = byOid.get(oid);
    return known === undefined ? read({ oid }, 'unmapped') : read(known);
  }
  if (given === '') return leftOut();
  const known = bySpelling.get(lettersAndDigits(given));
  return known === undefined ? read({ name: given }, 'unmapped') : read(known);
};

export const snomedCt = { oid: '2.16.840.1.113883.6.96', name: 'SNOMED CT' } as const;
export const observationValue = { oid: '2.16.840.1.113883.5.1063', name: 'ObservationValue' } as const;
export const loinc = { oid: '2.16.840.1.113883.6.1', name: 'LOINC' } as const;
export const nubc = { oid: '2.16.840.1.113883.6.301.5', name: 'NUBC Patient Discharge Status' } as const;

/** `IDType` of ids other than patients' and OIDs: HL7 v2 table 0203, as for Redox's own `MR`. */
export const idTypes = { facility: 'FI', npi: 'NPI', provider: 'PRN', visit: 'VN' } as const;

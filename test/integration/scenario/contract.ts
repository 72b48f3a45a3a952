/** One contract in the words of each source. The columns are the same. */

interface Words {
  readonly version: string;
  readonly ids: (column: string) => string;
}

const patients = `SELECT id AS patient_id, mrn, changed AS updated_at, given AS first_name, family AS last_name,
  born AS birth_date, gender AS sex, zip FROM patient`;

const encounters = ({
  version,
}: Words): string => `SELECT v.id AS encounter_id, v.patient AS patient_id, v.changed AS updated_at,
  CASE v.state WHEN 'DONE' THEN 'finished' WHEN 'VOID' THEN 'cancelled' ELSE 'open' END AS status,
  'outpatient' AS class, v.began AS started_at, v.ended AS ended_at, v.reason AS reason_name,
  (SELECT ${version} FROM problem AS p WHERE p.visit = v.id) AS clinical_version
FROM visit AS v`;

const merges = 'SELECT retired AS retired_patient_id, survivor AS surviving_patient_id, merged AS merged_at FROM merge';

const problems = ({ ids }: Words): string =>
  `SELECT visit AS encounter_id, code, 'ICD-10-CM' AS code_system, name FROM problem WHERE ${ids('visit')}`;

const contractIn = (words: Words): Readonly<Record<string, string>> => ({
  'patients.sql': patients,
  'encounters.sql': encounters(words),
  'merges.sql': merges,
  'sections/problems.sql': problems(words),
});

const version = "string_agg(p.code || p.name, ',' ORDER BY p.id)";

export const contracts = {
  postgres: contractIn({ version, ids: (column) => `${column} = ANY ($1::text[]::int[])` }),
  csv: contractIn({ version, ids: (column) => `${column} = ANY ($1)` }),
  mysql: contractIn({
    version: "GROUP_CONCAT(p.code, p.name ORDER BY p.id SEPARATOR ',')",
    ids: (column) => `${column} IN ($1)`,
  }),
} as const;

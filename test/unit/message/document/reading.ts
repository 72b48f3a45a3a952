import { expect } from 'vitest';
import type { JsonObject, JsonValue } from '../../../../src/json.ts';
import { withEventDateTime } from '../../../../src/message/parts.ts';
import { buildVisitPush } from '../../../../src/message/document/visit.ts';
import type { Section, SectionRows } from '../../../../src/contract/section.ts';
import { openPreflight } from '../../../../src/redox/preflight.ts';
import { expectGolden } from '../golden.ts';
import { context, outpatientVisit, patientRow, push } from '../rows.ts';
import { sectionRow } from '../section-rows.ts';

/** What a clinician elsewhere reads out of a document. docs/what-a-document-says.md has the rules with their sources. */

export type Values = Readonly<Record<string, string | null>>;
export type Message = ReturnType<typeof buildVisitPush>;

export const rowsIn = (section: Section, ...rows: readonly Values[]): SectionRows => ({
  [section]: rows.map((row) => ({ ...sectionRow(section, {}), ...row })),
});

const preflight = openPreflight({ ...context, sizeLimitBytes: 10_000_000 });

/** Every message of this file passes the check against Redox's schema. */
export const build = (rows: SectionRows): Message => {
  const built = buildVisitPush(outpatientVisit, patientRow({ patient_id: '1' }), push, context, rows);
  expect(preflight('VisitPush', withEventDateTime(built.message, new Date(0)))).toBeNull();
  return built;
};

export const messageOf = (section: Section, ...rows: readonly Values[]): Message => build(rowsIn(section, ...rows));

export const at = ({ message }: Message, path: string): JsonValue | undefined =>
  path.split('.').reduce<JsonValue | undefined>((value, key) => (value as JsonObject | undefined)?.[key], message);

export const problemsOf = ({ findings }: Message): readonly string[] =>
  findings.map(({ column, problem }) => `${column} ${problem}`);

/** The cells of a section's text, without markup. */
export const cellsIn = (text: JsonValue | undefined): readonly string[] =>
  [...(typeof text === 'string' ? text : '').matchAll(/<t[hd]>(.*?)<\/t[hd]>/g)].map(([, cell = '']) => cell);

/** Of a golden: the sections with their texts, and the findings. */
export const golden = (name: string, { message, findings }: Message, withVisit = false): void => {
  const leftOut = withVisit ? /^(?:Meta|Header)$/ : /^(?:Meta|Header|(?:Encounters|ReasonForVisit)(?:Text)?)$/;
  const clinical = Object.entries(message).filter(([key]) => !leftOut.test(key));
  expectGolden(`document-${name}`, { ...Object.fromEntries(clinical), findings });
};

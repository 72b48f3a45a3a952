import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/json.ts';
import { calls, type ClinicNight, syncedClinic, unsyncedClinic } from '../support/clinic-night.ts';

/** What is found, measured and given at the demo clinic, from its charts to Redox. */

const charts = ['allergy', 'problem', 'prescription', 'measurement', 'vaccination'];

/** Visits that have something in a chart, by the SQL that follows FROM. */
const visitsWith = async (site: ClinicNight, from: string): Promise<string[]> =>
  (await site.sql<{ id: string }>(`SELECT DISTINCT visit_id::text AS id FROM ${from} ORDER BY 1`)).map(({ id }) => id);

const list = (value: JsonValue | undefined): readonly JsonObject[] => (value ?? []) as readonly JsonObject[];

/** The items of a section over all documents, each with the visit's id. */
function sentItems(
  site: ClinicNight,
  section: string,
): readonly { readonly visit: string; readonly item: JsonObject }[] {
  return [...site.night.standIn.state().documents.values()].flatMap(({ id, message }) =>
    list(message[section]).map((item) => ({ visit: id.slice(id.indexOf('^') + 1), item })),
  );
}

/** Every code in a value, as `system code`. */
const codesIn = (value: JsonValue): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  const { Code: code, CodeSystem: system } = value as JsonObject;
  const own = typeof code === 'string' && typeof system === 'string' ? [`${system} ${code}`] : [];
  return [...own, ...Object.values(value).flatMap((part: JsonValue) => codesIn(part))];
};

describe('the charts of the clinic', () => {
  it("are sent in their visits' documents, by section with real codes", async () => {
    const site = await unsyncedClinic();
    await site.night.nightly();
    const sent = async (section: string, from: string): Promise<readonly JsonObject[]> => {
      const items = sentItems(site, section);
      expect([...new Set(items.map(({ visit }) => visit))].sort()).toEqual(await visitsWith(site, from));
      expect(items.length).toBeGreaterThan(0);
      return items.map(({ item }) => item);
    };
    const vital = 'clinic.measurement JOIN clinic.test USING (loinc_code) WHERE billing_code IS';
    const sections = {
      Allergies: await sent('Allergies', 'clinic.allergy'),
      Problems: await sent('Problems', 'clinic.problem'),
      Medications: await sent('Medications', 'clinic.prescription'),
      VitalSigns: await sent('VitalSigns', `${vital} NULL`),
      Results: await sent('Results', `${vital} NOT NULL`),
      Immunizations: await sent('Immunizations', 'clinic.vaccination'),
    };
    const codes = (section: keyof typeof sections): readonly string[] => [...new Set(codesIn(sections[section]))];
    expect(codes('Problems')).toEqual(
      expect.arrayContaining(['2.16.840.1.113883.6.96 59621000', '2.16.840.1.113883.6.90 I10']),
    );
    expect(codes('Medications')).toContain('2.16.840.1.113883.6.88 314076');
    expect(codes('VitalSigns')).toContain('2.16.840.1.113883.6.1 8480-6');
    expect(codes('Results')).toContain('2.16.840.1.113883.6.1 2345-7');
    expect(codes('Immunizations').some((code) => code.startsWith('2.16.840.1.113883.12.292 '))).toBe(true);
    expect(codes('Allergies').some((code) => code.startsWith('2.16.840.1.113883.6.96 '))).toBe(true);
    expect((await site.night.nightly()).posts).toBe(0);
  });

  it('give documents only readable codes of their tables', async () => {
    const site = await unsyncedClinic();
    const night = await site.night.nightly();
    expect(night.csv('data-quality').filter((row) => row['entity'] === 'encounter' && !isOfTheDesk(row))).toEqual([]);
  });

  it('send exactly the visits with a corrected or added value', async () => {
    const site = await syncedClinic();
    const [measured] = await visitsWith(site, "clinic.measurement WHERE loinc_code = '8480-6'");
    const [bare] = await visitsWith(
      site,
      "clinic.visit WHERE state = 'DONE' AND visit_id NOT IN (SELECT visit_id FROM clinic.measurement)",
    );
    await site.clinic.recordMeasurement(measured ?? '', '8480-6', '199');
    expect(calls(await site.night.nightly())).toEqual([`VisitPush ${measured ?? ''} accepted`]);
    expect(pressuresIn(site, measured)).toEqual(['199']);

    await site.clinic.recordMeasurement(bare ?? '', '8480-6', '201');
    const night = await site.night.nightly({ mode: 'changes' });
    expect(calls(night)).toEqual([`VisitPush ${bare ?? ''} accepted`]);
    expect(pressuresIn(site, bare)).toEqual(['201']);
    expect(night.csv('discrepancies')).toMatchObject([{ kind: 'changed', changed_groups: 'clinical' }]);
  });

  it('cover only what took place, on its own day', async () => {
    const site = await syncedClinic();
    for (const chart of charts) {
      expect(
        await visitsWith(site, `clinic.${chart} JOIN clinic.visit USING (visit_id) WHERE state <> 'DONE'`),
      ).toEqual([]);
    }
    const day = await site.clinic.liveThroughDay('2026-03-01', { walkIns: 12 });
    const charted = await visitsWith(site, 'clinic.measurement');
    expect(day.walkIns.filter((visit) => charted.includes(visit)).length).toBeGreaterThan(6);
    expect(day.correctedVisits.filter((visit) => charted.includes(visit))).toEqual(day.correctedVisits);
    const night = await site.night.nightly();
    const pushed = calls(night).filter((call) => call.startsWith('VisitPush'));
    expect(pushed).toEqual(expect.arrayContaining(day.correctedVisits.map((visit) => `VisitPush ${visit} accepted`)));
    expect(calls(night)).toEqual(
      expect.arrayContaining(day.amendedVisits.map((visit) => `VisitPush ${visit} unneeded`)),
    );
  });
});

/** What the desk gets wrong about visits on purpose: numbers of clinicians. */
const isOfTheDesk = (row: Readonly<Record<string, string>>): boolean => row['column_name'] === 'provider_npi';

function pressuresIn(site: ClinicNight, visit: string | undefined): readonly JsonValue[] {
  const observations = list(site.document(visit ?? '')?.message['VitalSigns']).flatMap((at) =>
    list(at['Observations']),
  );
  return observations.filter(({ Code }) => Code === '8480-6').map(({ Value }) => Value ?? null);
}

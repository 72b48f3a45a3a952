import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/package-root.ts';
import { csvSite, type CsvSite } from '../support/csv-site.ts';
import { scanned, scannedIds } from '../support/ehr-site.ts';

let site: CsvSite;
beforeAll(async () => {
  site = await csvSite();
});
afterAll(() => site.drop());

describe('the contract with Synthea', () => {
  it.for([
    ['synthea-27', 27, 604],
    ['synthea-109', 109, 10_715],
    ['synthea-16-crlf', 16, 1_494],
  ] as const)(
    'reads every row of the real export %s, and fetches the same bytes',
    async ([name, patients, encounters], { skip }) => {
      const folder = join(packageRoot, '../shared/data', name);
      if (!existsSync(folder)) return skip(`${folder} is not here; this export was not tried`);
      const landing = await site.land(folder);
      expect(landing.findings).toEqual([]);
      const ehr = await site.open(landing);
      expect(ehr.warnings).toEqual([]);
      for (const [entity, count] of [
        ['patient', patients],
        ['encounter', encounters],
      ] as const) {
        const lines = await scanned(ehr, entity);
        expect(lines).toHaveLength(count);
        const ids = lines.map((line) => line.split('\t')[1] ?? '');
        const fetched = await ehr.fetch(entity, ids);
        expect(ids.flatMap((id) => fetched.get(id)?.map(({ line }) => `\\N\t${line}`) ?? [])).toEqual(lines);
      }
    },
  );

  it('maps classes, states, places and people', async () => {
    const landing = await site.land(
      await site.folder({
        'patients.csv':
          "Id,FIRST,MIDDLE,LAST,ZIP,DEATHDATE\np1,Ana María762,,O'Kon634,00000,2026-01-01\np2,007,,X,07001,\n",
        'encounters.csv': [
          'Id,START,STOP,PATIENT,ORGANIZATION,PROVIDER,ENCOUNTERCLASS,CODE,REASONCODE',
          'e1,2026-01-01T10:00:00Z,2026-01-01T11:00:00Z,p1,o1,d1,urgentcare,185349003,',
          'e2,2026-01-01T10:00:00Z,,p1,o1,d2,snf,,103697008',
          'e3,2026-01-01,2026-01-02,p1,gone,d3,hospice,,',
          'e4,2026-01-01,2026-01-02,p1,o1,gone,telepathy,,',
          'e5,2026-01-01,2026-01-02,p1,,o1,emergency,,',
          '',
        ].join('\n'),
        'organizations.csv': 'Id,NAME\no1,"ST. ""M"", INC"\n',
        'providers.csv': "Id,NAME\nd1,Ana María762 O'Kon634\nd2,Eva de la Cruz\nd3,Cher1\n",
      }),
    );
    const ehr = await site.open(landing);
    const people = await ehr.fetch('patient', ['p1', 'p2']);
    expect(people.get('p1')?.[0]?.row).toMatchObject({
      first_name: 'Ana María',
      last_name: "O'Kon",
      zip: null,
      deceased: 't',
      deceased_at: '2026-01-01',
    });
    expect(people.get('p2')?.[0]?.row).toMatchObject({
      first_name: null,
      zip: '07001',
      deceased: 'f',
      deceased_at: null,
    });

    const visits = await ehr.fetch('encounter', ['e1', 'e2', 'e3', 'e4', 'e5']);
    const visit = (id: string): unknown => visits.get(id)?.[0]?.row;
    expect(visit('e1')).toMatchObject({
      class: 'outpatient',
      status: 'finished',
      started_at: '2026-01-01T10:00:00Z',
      type_code_system: 'SNOMED CT',
      reason_code_system: null,
      facility_name: 'ST. "M", INC',
      provider_id: 'd1',
      provider_first_name: 'Ana María',
      provider_last_name: "O'Kon",
    });
    expect(visit('e2')).toMatchObject({
      class: 'inpatient',
      status: 'open',
      ended_at: null,
      type_code_system: null,
      reason_code_system: 'SNOMED CT',
      provider_first_name: 'Eva',
      provider_last_name: 'de la Cruz',
    });
    expect(visit('e3')).toMatchObject({
      class: 'home',
      facility_id: 'gone',
      facility_name: null,
      provider_first_name: null,
      provider_last_name: 'Cher',
    });
    expect(visit('e4')).toMatchObject({ class: 'other', provider_id: 'gone', provider_last_name: null });
    expect(visit('e5')).toMatchObject({ class: 'emergency', facility_id: 'o1', provider_id: null });
  });

  it('finds visits by activity although its times are text', async () => {
    const landing = await site.land(
      await site.folder({
        'patients.csv': 'Id\np1\n',
        'encounters.csv':
          'Id,START,STOP,PATIENT\nin,2026-01-01T23:00:00Z,2026-01-02T01:00:00Z,p1\nout,2026-01-03,,p1\n',
      }),
    );
    const window = { from: new Date('2026-01-02T00:00:00Z'), to: new Date('2026-01-02T12:00:00Z') };
    const ehr = await site.open(landing);
    expect(await scannedIds(ehr, 'encounter', { kind: 'active_between', ...window })).toEqual(['in']);
  });
});

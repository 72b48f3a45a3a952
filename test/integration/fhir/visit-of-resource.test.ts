import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/json.ts';
import { type FhirFiles, type FhirSite, fhirSite, patient, problem, visit } from './fhir-site.ts';
import { visitOfRule } from './visit-rule.ts';

let site: FhirSite;
beforeAll(async () => {
  site = await fhirSite();
});
afterAll(() => site.drop());

describe('a resource that names no visit', () => {
  const day = (date: string): JsonObject => ({ recordedDate: date });
  const named = (id: string): JsonObject => ({ encounter: { reference: `Encounter/${id}` } });

  it('belongs to the visit in which it began, else the last before, else the first after', async () => {
    const open = await site.read({
      'Patient.ndjson': [patient('1'), patient('2')],
      'Encounter.ndjson': [
        visit('first', '1', '2026-01-05'),
        visit('stay', '1', '2026-01-10', { period: { start: '2026-01-10T09:00:00Z', end: '2026-01-20T09:00:00Z' } }),
        visit('within', '1', '2026-01-12'),
        visit('cancelled', '1', '2026-01-25', { status: 'cancelled' }),
        visit('of-another', '2', '2026-01-26'),
      ],
      'Condition.ndjson': [
        problem('before all', '1', 'before all', day('2026-01-01T00:00:00Z')),
        problem('without a day', '1', 'without a day', day('2026')),
        problem('after first', '1', 'after first', day('2026-01-07T00:00:00Z')),
        problem('in the stay', '1', 'in the stay', day('2026-01-13T00:00:00Z')),
        problem('in both', '1', 'in both', day('2026-01-12T09:30:00Z')),
        problem('on that day', '1', 'on that day', day('2026-01-05')),
        problem('after all', '1', 'after all', day('2026-01-27T00:00:00Z')),
        problem('named', '1', 'named', { ...day('2026-01-01'), ...named('within') }),
        problem('unknown', '1', 'unknown', { ...day('2026-01-06'), ...named('nowhere') }),
        problem('wrong', '1', 'wrong', { ...day('2026-01-06'), ...named('of-another') }),
      ],
    });
    const told = (await open.section('problems')).map(({ encounter_id, name }) => [name, encounter_id]);
    expect(Object.fromEntries(told)).toEqual({
      'before all': 'first',
      'without a day': 'first',
      'after first': 'first',
      'in the stay': 'stay',
      'in both': 'within',
      'on that day': 'first',
      'after all': 'within',
      named: 'within',
      unknown: 'first',
      wrong: 'first',
    });
  });

  it('has the visit of the rule, whatever visits there are', async () => {
    const instant = fc.integer({ min: 0, max: 60 }).map((hours) => new Date(Date.UTC(2026, 0, 1, hours)).toISOString());
    const stay = fc.tuple(instant, fc.option(instant, { nil: undefined }), fc.constantFrom('finished', 'in-progress'));
    const people = fc.sample(fc.tuple(fc.array(stay, { maxLength: 6 }), fc.array(instant, { maxLength: 6 })), {
      numRuns: 80,
      seed: 5,
    });
    const encounters = people.flatMap(([stays], person) =>
      stays.map(([start, end, status], index) =>
        visit(`p${person}v${index}`, `p${person}`, '', {
          status,
          period: end === undefined ? { start } : { start, end },
        }),
      ),
    );
    const open = await site.read({
      'Patient.ndjson': people.map((_, person) => patient(`p${person}`)),
      'Encounter.ndjson': encounters,
      'Condition.ndjson': people.flatMap(([, moments], person) =>
        moments.map((recordedDate, index) =>
          problem(`p${person}c${index}`, `p${person}`, `p${person}c${index}`, { recordedDate }),
        ),
      ),
    });
    const told = (await open.section('problems')).map(({ encounter_id, name }) => [name, encounter_id] as const);
    const wanted = people.flatMap(([stays, moments], person) =>
      moments.flatMap((at, index) => {
        const own = stays.map(([start, end, status], place) => ({
          id: `p${person}v${place}`,
          start,
          end: end ?? (status === 'in-progress' ? '~' : start),
        }));
        const chosen = visitOfRule(own, { first: at, last: at });
        return chosen === null ? [] : [[`p${person}c${index}`, chosen] as const];
      }),
    );
    expect(wanted.length).toBeGreaterThan(100);
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(wanted));
  });

  it('moves two visits at most where a late one comes between', async () => {
    const files = (late: readonly JsonObject[]): FhirFiles => ({
      'Patient.ndjson': [patient('1')],
      'Encounter.ndjson': [
        ...['2026-01-05', '2026-01-15', '2026-01-25'].map((date) => visit(date, '1', date)),
        ...late,
      ],
      'Condition.ndjson': ['02', '06', '11', '12', '16', '26'].map((date) =>
        problem(date, '1', date, day(`2026-01-${date}`)),
      ),
    });
    const versions = async (late: readonly JsonObject[]): Promise<Record<string, unknown>> =>
      Object.fromEntries(
        [...(await (await site.read(files(late))).encounters())].map(([id, row]) => [id, row['clinical_version']]),
      );
    const before = await versions([]);
    const after = await versions([visit('late', '1', '2026-01-10')]);
    const changed = Object.keys(after).filter((id) => after[id] !== before[id]);
    expect(changed).toEqual(['2026-01-05', 'late']);
  });
});

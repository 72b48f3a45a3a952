import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../../src/package-root.ts';
import { completenessOf, completenessPage, eventNames, shareOf } from './completeness/page.ts';
import { reasonFor } from './completeness/reasons.ts';

const all = eventNames.map(completenessOf);
const page = readFileSync(join(packageRoot, 'docs/what-redox-can-take.md'), 'utf8');

test('docs/what-redox-can-take.md is up to date; npm run docs:completeness writes it', () => {
  expect(page).toBe(completenessPage(all));
});

describe.each(all)('$event', (one) => {
  const { event, places, sources, sample } = one;

  test('fills only places of the schema', () => {
    expect([...sources.keys()].filter((path) => !places.includes(path))).toEqual([]);
  });

  test('has a reason for each place that stays empty', () => {
    const empty = places.filter((path) => !sources.has(path));
    expect(empty.filter((path) => reasonFor(event, path) === undefined)).toEqual([]);
  });

  test('has a sample within the schema, but for the logs that Redox adds', () => {
    const outside = (sample ?? []).filter((path) => !places.includes(path));
    expect(outside.filter((path) => !path.startsWith('Meta.Logs.'))).toEqual([]);
  });
});

test.each([
  ['PatientAdmin:NewPatient', 60],
  ['Clinical Summary:VisitPush', 95],
] as const)('%s can fill %d percent of the places of its sample at least', (event, aim) => {
  const one = all.find((found) => found.event === event);
  expect(one === undefined ? 0 : shareOf(one.sample ?? [], one)).toBeGreaterThanOrEqual(aim);
});

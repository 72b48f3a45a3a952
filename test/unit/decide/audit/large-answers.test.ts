import { describe, expect, test } from 'vitest';
import { readCda } from '../../../../src/decide/audit/cda.ts';
import { matchDocuments } from '../../../../src/decide/audit/match-documents.ts';

/** Answers are assessed in one turn of the event loop: connections and signals wait for that long. */
const mostMs = 2_000;

const nothing = { typeCode: null, dateTime: null, visitId: null, visitStart: null, visitEnd: null };

function tookMs(work: () => void): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}

describe('a patient with thousands of documents', () => {
  const count = 6_000;
  const timeOf = (index: number): Date => new Date(Date.UTC(2026, 0, 1) + index * 60_000);
  const sent = Array.from({ length: count }, (_, index) => ({
    documentId: `1.2.3^v${index}`,
    typeCode: '11506-3',
    visitId: `v${index}`,
    startsAt: timeOf(index).toISOString(),
    pushedAt: timeOf(index),
  }));
  const listed = sent.toReversed().map(({ documentId, typeCode, visitId, startsAt }) => ({
    ...{ id: documentId, typeCode, dateTime: startsAt, visitId, visitStart: startsAt, visitEnd: null },
  }));

  test.each([
    ['id', listed],
    ['id_end', listed.map((one, index) => ({ ...one, id: `9.9^v${count - 1 - index}` }))],
    ['visit', listed.map((one, index) => ({ ...one, id: `x${index}` }))],
    ['visit', listed.map((one, index) => ({ ...one, id: `x${index}`, visitId: null }))],
  ] as const)('is matched by %s without a stop', (rule, documents) => {
    let matched = matchDocuments(sent, []);
    expect(tookMs(() => void (matched = matchDocuments(sent, documents)))).toBeLessThan(mostMs);
    expect([...matched.matches.values()].filter((match) => match.rule === rule)).toHaveLength(count);
    expect(matched.others).toEqual([]);
  });
});

test('listed ids of nothing but signs are matched without a stop', () => {
  const id = '^'.repeat(4_000);
  const listed = Array.from({ length: 1_000 }, (_, index) => ({ id: `${id}${index}`, ...nothing }));
  expect(tookMs(() => void matchDocuments([], listed))).toBeLessThan(mostMs);
});

test('the head of a document nested a hundred thousand times is read without a stop', () => {
  const text = `<ClinicalDocument><id root="1.2" extension="v1"/>${'<a>'.repeat(100_000)}`;
  let facts = readCda('');
  expect(tookMs(() => void (facts = readCda(text)))).toBeLessThan(mostMs);
  expect(facts).toMatchObject({ id: '1.2^v1' });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ledgerSchema, sweepSchema } from '../../../src/ledger/run/migrate.ts';
import { expectGoldenText } from '../support/report/report-golden.ts';
import { type CraftedLedger, craftLedger } from '../support/report/report-ledger.ts';
import { dumpSchema, uncommented } from '../support/report/schema-dump.ts';

let ledger: CraftedLedger;

beforeAll(async () => {
  ledger = await craftLedger();
});

afterAll(() => ledger.close());

const schemas = [
  [ledgerSchema, 'ledger-schema.golden.txt'],
  [sweepSchema, 'sweep-schema.golden.txt'],
] as const;

describe.each(schemas)('the schema %s', (schema, golden) => {
  test('is what the migrations together create, and is written down', async () => {
    expectGoldenText(golden, await dumpSchema(ledger.session, schema));
  });

  test('has a comment on every table and column', async () => {
    expect(await uncommented(ledger.session, schema)).toEqual([]);
  });
});

test('the ledger has no index twice', async () => {
  const dump = await dumpSchema(ledger.session, ledgerSchema);
  const indexes = dump.split('\n').flatMap((line) => / ON \S+ (USING .*)$/.exec(line)?.[0] ?? []);
  expect(indexes.length).toBeGreaterThan(0);
  expect(new Set(indexes).size).toBe(indexes.length);
});

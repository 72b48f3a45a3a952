import { afterAll, beforeAll, expect, test } from 'vitest';
import { ledgerSchema } from '../../src/ledger/migrate.ts';
import { expectGoldenText } from './report-golden.ts';
import { type CraftedLedger, craftLedger } from './report-ledger.ts';
import { dumpSchema, uncommented } from './schema-dump.ts';

let ledger: CraftedLedger;

beforeAll(async () => {
  ledger = await craftLedger();
});

afterAll(() => ledger.close());

test('the migrations together make the schema of the ledger that is written down', async () => {
  expectGoldenText('ledger-schema.golden.txt', await dumpSchema(ledger.session, ledgerSchema));
});

test('every table and column of the ledger says what it is', async () => {
  expect(await uncommented(ledger.session, ledgerSchema)).toEqual([]);
});

test('no index of the ledger is there twice', async () => {
  const dump = await dumpSchema(ledger.session, ledgerSchema);
  const indexes = dump.split('\n').flatMap((line) => / ON \S+ (USING .*)$/.exec(line)?.[0] ?? []);
  expect(indexes.length).toBeGreaterThan(0);
  expect(new Set(indexes).size).toBe(indexes.length);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { validatorsMadeBeforehand } from '../../../esbuild/validator.ts';
import { eventTypes, type EventType } from '../../../src/decide/call.ts';
import type { JsonObject, JsonValue } from '../../../src/json.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { validatorOf } from '../../../src/redox/validator.ts';
import { readGolden } from '../message/golden.ts';

let folder: string;
let made: (eventType: EventType) => ValidateFunction;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'validator-'));
  const outfile = join(folder, 'validator.mjs');
  const entryPoints = [join(packageRoot, 'src/redox/validator.ts')];
  await build({
    entryPoints,
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    plugins: [validatorsMadeBeforehand],
  });
  ({ validatorOf: made } = (await import(pathToFileURL(outfile).href)) as { validatorOf: typeof made });
  // Compiling is slow on a busy machine.
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

const messages: Readonly<Record<EventType, readonly string[]>> = {
  NewPatient: ['new-patient', 'new-patient-sparse'],
  PatientUpdate: ['patient-update'],
  PatientMerge: ['patient-merge'],
  VisitPush: ['visit-push-outpatient', 'visit-push-inpatient', 'visit-push-sparse'],
};

/** The message with each of its values left out, emptied, nulled and of another type, and with a key too many. */
function* damages(value: JsonValue): Generator<JsonValue> {
  yield null;
  yield '';
  yield 7;
  if (typeof value !== 'object' || value === null) return;
  if (isList(value)) {
    yield [];
    for (const [at, item] of value.entries()) for (const other of damages(item)) yield value.with(at, other);
    return;
  }
  yield { ...value, Unknown: 'x' };
  for (const [key, item] of Object.entries(value)) {
    yield Object.fromEntries(Object.entries(value).filter(([other]) => other !== key));
    for (const other of damages(item)) yield { ...value, [key]: other };
  }
}

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

const errorsOf = (isValid: ValidateFunction, message: unknown): readonly ErrorObject[] | null =>
  isValid(message) ? null : (isValid.errors ?? []);

it.each(eventTypes)('the built schemas agree with ajv on %s', (eventType) => {
  let refused = 0;
  for (const name of messages[eventType]) {
    const message = JSON.parse(readGolden(name)) as JsonObject;
    for (const one of [message, ...damages(message)]) {
      const errors = errorsOf(validatorOf(eventType), one);
      if (errors !== null) refused += 1;
      expect(errorsOf(made(eventType), one)).toEqual(errors);
    }
  }
  expect(refused).toBeGreaterThan(50);
});

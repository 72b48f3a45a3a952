/** What stands in the place of `src/redox/validator.ts` in the built program: the same functions, made beforehand. */
import { _, Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import type { Plugin } from 'esbuild';
import { validatorOptions } from '../src/redox/preflight/formats.ts';
import { schemas } from '../src/redox/preflight/json-schema.ts';

/** The text of the module. */
export function validatorModule(): string {
  const code = { ...validatorOptions.code, source: true, esm: true, formats: _`formats` };
  const ajv = new Ajv({ ...validatorOptions, code });
  const names = Object.keys(schemas);
  for (const [name, schema] of Object.entries(schemas)) ajv.addSchema(schema, name);
  const functions = standalone.default(ajv, Object.fromEntries(names.map((name) => [name, name])));
  return [
    "import { formats } from './preflight/formats.ts';",
    functions,
    `const validators = { ${names.join(', ')} };`,
    'export const validatorOf = (eventType) => validators[eventType];',
  ].join('\n');
}

export const validatorsMadeBeforehand: Plugin = {
  name: 'validators made beforehand',
  setup: (program) => {
    program.onLoad({ filter: /src[\\/]redox[\\/]validator\.ts$/ }, ({ path }) => ({
      contents: validatorModule(),
      loader: 'js',
      resolveDir: path.replace(/validator\.ts$/, ''),
    }));
  },
};

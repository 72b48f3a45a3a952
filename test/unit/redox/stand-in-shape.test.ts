import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/json.ts';
import { required } from '../../../src/redox/schema/notation.ts';
import { compile, missing, type Violation } from '../../../src/sandbox/redox/messages/check.ts';

const check = compile({
  Name: required('text'),
  Tags: ['text'],
  Parts: required([{ ID: required('text') }]),
  Free: 'object',
});

function violationsOf(value: JsonValue): readonly Violation[] {
  const found: Violation[] = [];
  check(value, '', found);
  return found;
}

describe('the notation of messages', () => {
  it('takes documented fields, and null for an optional scalar', () => {
    expect(violationsOf({ Name: 'a', Tags: ['b'], Parts: [], Free: { any: null } })).toEqual([]);
    expect(compileText(null)).toEqual([]);
  });

  it('names every fault with its path', () => {
    expect(violationsOf({ Name: null, Tags: ['', null], Parts: [{}, { ID: 1 }], Free: [], Other: 1 })).toEqual([
      { path: 'Name', rule: missing },
      { path: 'Tags[0]', rule: 'must not be an empty string' },
      { path: 'Tags[1]', rule: 'must not be null' },
      { path: 'Parts[0].ID', rule: missing },
      { path: 'Parts[1].ID', rule: 'must be a string' },
      { path: 'Free', rule: 'must be an object' },
      { path: 'Other', rule: 'is not a field of this message' },
    ]);
  });

  it('refuses a field that only JavaScript knows', () => {
    const value = JSON.parse('{"Name":"a","Parts":[],"__proto__":{},"constructor":{},"toString":"x"}') as JsonValue;
    expect(violationsOf(value).map(({ path }) => path)).toEqual(['__proto__', 'constructor', 'toString']);
  });

  it('refuses null for an object or an array', () => {
    expect(violationsOf({ Name: 'a', Tags: null, Parts: [], Free: null }).map(({ rule }) => rule)).toEqual([
      'must be an array',
      'must be an object',
    ]);
  });
});

function compileText(value: JsonValue): readonly Violation[] {
  const found: Violation[] = [];
  compile('text')(value, 'Name', found);
  return found;
}

import { describe, expect, it } from 'vitest';
import { changedGroups, openFingerprints } from '../../../src/message/fingerprint/fingerprint.ts';
import { sectionRow } from './section-rows.ts';

const fingerprints = openFingerprints(Buffer.alloc(32, 1));
const line = Buffer.from('P1\tGarcia');

describe('a fingerprint', () => {
  it('is 128 bits, and the same for the same row', () => {
    expect(fingerprints.row('patient', line)).toMatch(/^[0-9a-f]{32}$/);
    expect(fingerprints.row('patient', Buffer.from(line))).toBe(fingerprints.row('patient', line));
  });

  it('hides the row without the key', () => {
    const others = openFingerprints(Buffer.alloc(32, 2));
    expect(others.row('patient', line)).not.toBe(fingerprints.row('patient', line));
    expect(others.message('patient', 'P1', '{}')).not.toBe(fingerprints.message('patient', 'P1', '{}'));
  });

  it('hides that rows, messages or groups are equal', () => {
    expect(fingerprints.row('encounter', line)).not.toBe(fingerprints.row('patient', line));
    expect(fingerprints.message('patient', 'P2', '{}')).not.toBe(fingerprints.message('patient', 'P1', '{}'));
    const empty = fingerprints.groups('patient', 'P1', {}).match(/.{16}/g) ?? [];
    expect(new Set(empty).size).toBe(empty.length);
    expect(fingerprints.groups('patient', 'P2', {})).not.toBe(fingerprints.groups('patient', 'P1', {}));
  });

  it('keeps the parts of its input apart', () => {
    expect(fingerprints.message('patient', 'P1', '2')).not.toBe(fingerprints.message('patient', 'P', '12'));
  });

  it('covers a text of any length to its end', () => {
    const of = (text: string): string => fingerprints.message('encounter', 'V1', text);
    const texts = [1_000, 80_000, 100_000, 300_000].flatMap((length) =>
      ['a', 'ä'].map((end) => 'x'.repeat(length) + end),
    );
    expect(new Set(texts.map(of)).size).toBe(texts.length);
    expect(texts.map(of)).toEqual(texts.map(of));
  });

  it('is independent of earlier rows of any length', () => {
    const long = Buffer.from('x'.repeat(300_000));
    const [before, ofLong] = [fingerprints.row('merge', line), fingerprints.row('merge', long)];
    expect(fingerprints.row('merge', line)).toBe(before);
    expect(openFingerprints(Buffer.alloc(32, 1)).row('merge', long)).toBe(ofLong);
  });
});

describe('changed groups', () => {
  const before = fingerprints.groups('patient', 'P1', { last_name: 'Garcia', city: 'Madison' });

  it('are those whose columns changed', () => {
    const after = fingerprints.groups('patient', 'P1', { last_name: 'Lopez', city: 'Madison' });
    expect(changedGroups('patient', before, after)).toEqual(['name']);
    expect(changedGroups('patient', before, before)).toEqual([]);
  });

  it('are unknown without earlier ones in the ledger', () => {
    expect(changedGroups('patient', null, before)).toBeNull();
  });
});

describe('the digests of a visit’s sections', () => {
  const allergies = (...names: readonly string[]): readonly number[] =>
    fingerprints.sections('e-1', {
      allergies: names.map((name) => sectionRow('allergies', { substance_name: name })),
    });

  it('are the same in any order and with repeats', () => {
    expect(allergies('Latex', 'Dust', 'Latex')).toEqual(allergies('Dust', 'Latex'));
  });

  it('differ for other rows, and are null without any', () => {
    expect(allergies('Latex', 'Dust')).not.toEqual(allergies('Latex', 'Penicillin'));
    expect(allergies().every((digest) => digest === 0)).toBe(true);
  });

  it("fit the ledger's integer", () => {
    for (const digest of allergies('Latex', 'Dust')) expect(digest | 0).toBe(digest);
  });
});

import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type ChainEnd, MergeChains } from '../../../src/decide/merge-chains.ts';
import { cpuMs } from '../cpu-time.ts';

// Hundreds of thousands of merges: slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

type Merges = ReadonlyMap<string, string | null>;

function endsOf(merges: Merges): Record<string, string | null> {
  const chains = new MergeChains();
  for (const [patient, next] of merges) chains.add(patient, next);
  return Object.fromEntries([...chains.ends()].map((end) => [end.patientId, said(end)]));
}

const said = ({ survivorId, fault }: ChainEnd): string | null => survivorId ?? fault;

/** Each chain gone step by step: a patient who comes twice is on a cycle. */
function goneStepByStep(merges: Merges): Record<string, string | null> {
  const endOf = (patient: string): string => {
    const met = new Set<string>();
    for (let at = patient; ;) {
      if (met.has(at)) return 'merge_cycle';
      met.add(at);
      const next = merges.get(at);
      if (next === undefined) return at;
      if (next === null) return 'merge_without_survivor';
      at = next;
    }
  };
  return Object.fromEntries([...merges.keys()].map((patient) => [patient, endOf(patient)]));
}

/** A merge of each of so many patients, in an order of its own. */
const merged = (count: number, into: (n: number) => number, from = 1): Merges =>
  new Map(
    Array.from({ length: count }, (_, index) => index + from)
      .toSorted((a, b) => ((a * 7919) % 10_007) - ((b * 7919) % 10_007))
      .map((n) => [`p${n}`, `p${into(n)}`]),
  );

describe('the ends of chains', () => {
  it('equal those of a walk step by step, for any merges', () => {
    const patient = fc.integer({ min: 0, max: 12 }).map((n) => `p${n}`);
    fc.assert(
      fc.property(fc.array(fc.tuple(patient, fc.option(patient, { freq: 8 }))), (pairs) => {
        const merges = new Map(pairs);
        expect(endsOf(merges)).toEqual(goneStepByStep(merges));
      }),
    );
  });

  const many = 200_000;
  it.for<[string, Merges, string]>([
    ['a chain', merged(many, (n) => n - 1), 'p0'],
    ['a star', merged(many, () => 0), 'p0'],
    ['a tree', merged(many, (n) => Math.floor((n - 1) / 2)), 'p0'],
    ['a comb', merged(many, (n) => (n % 2 === 0 ? n - 2 : n - 1)), 'p0'],
    ['one long cycle', merged(many, (n) => (n === 1 ? many : n - 1)), 'merge_cycle'],
    ['many short cycles', merged(many, (n) => (n % 2 === 0 ? n - 1 : n + 1)), 'merge_cycle'],
    ['a chain that hangs on a cycle', merged(many, (n) => (n === 1 ? 2 : n - 1)), 'merge_cycle'],
  ])('of %s of 200,000 merges are found in a moment', ([, merges, end]) => {
    const chains = new MergeChains();
    for (const [patient, next] of merges) chains.add(patient, next);
    const startedAt = cpuMs();
    const ends = new Set([...chains.ends()].map(said));
    expect(cpuMs() - startedAt).toBeLessThan(5_000);
    expect(ends).toEqual(new Set([end]));
  });
});

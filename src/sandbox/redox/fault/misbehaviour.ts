import type { Effect, Fault, When } from './fault.ts';

/** The subject of a request, if readable. */
export interface Subject {
  readonly endpoint: 'message' | 'token' | 'platform';
  readonly eventType: string | null;
  readonly patientIds: readonly string[];
  readonly documentId: string | null;
}

/** Chooses the fault of each request, if any. */
export class Misbehaviour {
  #rules: readonly Rule[] = [];

  /** Without rules: normal behaviour. */
  replace(faults: readonly Fault[]): void {
    this.#rules = faults.map((fault) => new Rule(fault));
  }

  get isActive(): boolean {
    return this.#rules.length > 0;
  }

  /** Every rule counts the request, so that `nth` is independent of other rules; the first one due applies. */
  effectOn(subject: Subject): Effect | null {
    const due = this.#rules.filter((rule) => rule.isDueFor(subject));
    return due[0]?.apply() ?? null;
  }
}

class Rule {
  readonly #fault: Fault;
  readonly #draw: () => number;
  #matched = 0;
  #applied = 0;

  constructor(fault: Fault) {
    this.#fault = fault;
    this.#draw = fault.kind === 'random' ? randomNumbers(fault.seed) : () => 0;
  }

  isDueFor(subject: Subject): boolean {
    if (!this.#matches(subject)) return false;
    this.#matched += 1;
    const { nth = 1, every = 1, times = this.#fault.kind === 'expire_tokens' ? 1 : Infinity } = this.#fault.when ?? {};
    return this.#matched >= nth && (this.#matched - nth) % every === 0 && this.#applied < times;
  }

  apply(): Effect | null {
    this.#applied += 1;
    return this.#fault.kind === 'random' ? pick(this.#fault.mix, this.#draw()) : this.#fault;
  }

  #matches(subject: Subject): boolean {
    const when: When = this.#fault.when ?? {};
    const endpoint = this.#fault.kind === 'refuse_token' ? 'token' : (when.endpoint ?? 'message');
    return (
      subject.endpoint === endpoint &&
      (when.eventType === undefined || subject.eventType === when.eventType) &&
      (when.patientId === undefined || subject.patientIds.includes(when.patientId)) &&
      (when.documentId === undefined || subject.documentId === when.documentId)
    );
  }
}

type Mix = Extract<Fault, { kind: 'random' }>['mix'];

function pick(mix: Mix, drawn: number): Effect | null {
  let upTo = 0;
  for (const { probability, fault } of mix) {
    upTo += probability;
    if (drawn < upTo) return fault;
  }
  return null;
}

/** Mulberry32: numbers in [0, 1), the same for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

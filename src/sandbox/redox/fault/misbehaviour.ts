import { Dice } from '../../clinic/dice.ts';
import type { Effect, Fault, When } from './fault.ts';

export interface Subject {
  readonly endpoint: 'message' | 'token' | 'platform';
  readonly eventType: string | null;
  readonly patientIds: readonly string[];
  readonly documentId: string | null;
}

export class Misbehaviour {
  #rules: readonly Rule[] = [];

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
  readonly #dice: Dice;
  #matched = 0;
  #applied = 0;

  constructor(fault: Fault) {
    this.#fault = fault;
    this.#dice = new Dice(fault.kind === 'random' ? fault.seed : 0);
  }

  isDueFor(subject: Subject): boolean {
    if (!this.#matches(subject)) return false;
    this.#matched += 1;
    const { nth = 1, every = 1, times = this.#fault.kind === 'expire_tokens' ? 1 : Infinity } = this.#fault.when ?? {};
    return this.#matched >= nth && (this.#matched - nth) % every === 0 && this.#applied < times;
  }

  apply(): Effect | null {
    this.#applied += 1;
    return this.#fault.kind === 'random' ? pick(this.#fault.mix, this.#dice.next()) : this.#fault;
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

/** The rule of README.md by which a resource without a visit of its own gets one. */

/** Instants in UTC as ISO texts; `null`: not known. */
export interface Stay {
  readonly id: string;
  readonly start: string | null;
  /** Of a visit that is not over, later than any other. */
  readonly end: string | null;
}

export interface Span {
  readonly first: string;
  readonly last: string;
}

/** `span`: from the first to the last instant that the resource's time can mean; null where it names no day. */
export function visitOfRule(stays: readonly Stay[], span: Span | null): string | null {
  const inTurn = [...stays].sort((a, b) => compared(a.start ?? '~', b.start ?? '~') || compared(a.id, b.id));
  const before = span === null ? [] : inTurn.filter(({ start }) => start !== null && start <= span.last);
  const within = before.filter(({ end }) => span !== null && end !== null && end >= span.first);
  return (within.at(-1) ?? before.at(-1) ?? inTurn[0])?.id ?? null;
}

const compared = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Runs one piece of work after another, in the order in which it came. A failure does not hold up the next. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

export function openTurn(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}

/** Runs work one piece at a time, in order of arrival. Work after a failure still runs. */
type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

export function openTurn(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import { bounded } from './bounded.ts';

/**
 * Lets whoever waits go on one by one, each in a turn of the event loop of its own: between two pieces of work, what has come from
 * outside is heard. Else sixteen answers of one moment are followed by sixteen messages made in a row, and nothing leaves meanwhile.
 */
export function openTurns(): () => Promise<void> {
  const oneByOne = bounded(1);
  return () => oneByOne(() => nextTurn());
}

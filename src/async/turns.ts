import { setImmediate as nextTurn } from 'node:timers/promises';
import { bounded } from './bounded.ts';

/**
 * Yields to the event loop before each message, so that responses are handled between two messages. Otherwise sixteen simultaneous
 * answers would delay sending until sixteen messages are built.
 */
export function openTurns(): () => Promise<void> {
  const oneByOne = bounded(1);
  return () => oneByOne(() => nextTurn());
}

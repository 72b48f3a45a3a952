import pg from 'pg';
import { NeighbourFault } from '../fault.ts';
import { describeDatabaseError, isConnectionError } from './database-error.ts';
import { refusal, type Refused } from './database-fault.ts';

/** The fault of a statement: a lost connection, a refusal of the server, or the error itself. The sentence has no values. */
export function sessionError(what: string, error: unknown, refused: Refused & { readonly lost: Error | null }): Error {
  if (refused.lost !== null || isConnectionError(error)) {
    return new NeighbourFault(
      `Lost the connection to ${refused.neighbour} during ${what}: ${describeDatabaseError(refused.lost ?? error)}. ` +
        'Nothing is lost: start the job again when the server is back, and it goes on from what is recorded.',
      { cause: error },
    );
  }
  if (error instanceof pg.DatabaseError) return refusal(what, error, refused);
  return error instanceof Error ? error : new Error(String(error));
}

import pg from 'pg';
import { NeighbourFault, UsageFault } from '../core/fault.ts';
import { describeDatabaseError } from './database-error.ts';

/** Whom a connection was asked of, and where. */
interface Asked {
  /** As `SessionOptions` has it. */
  readonly neighbour: string;
  readonly place: string;
}

/**
 * The fault where a server has no connection left for us; null where something else is the matter. SQLSTATE 53300 is the limit of
 * the role, of the database and of the server alike. `needs`: how many connections a run has there at once.
 */
export function noConnectionLeft(error: unknown, { neighbour, place }: Asked, needs: number): NeighbourFault | null {
  if (!(error instanceof pg.DatabaseError) || error.code !== '53300') return null;
  return new NeighbourFault(
    `Could not connect to ${neighbour} at ${place}: ${describeDatabaseError(error)}. A run needs ${needs} connections there at the same ` +
      'time, and every job beside it one more. Raise the limit that is named (CONNECTION LIMIT of the role or of the database, or ' +
      'max_connections of the server), or end what holds the others; then start the job again.',
    { cause: error },
  );
}

/** The fault where a pooler in transaction mode stands before the server. */
export function pooledByTransaction({ neighbour, place }: Asked): UsageFault {
  return new UsageFault(
    `Between this job and ${neighbour} at ${place} is a pooler in transaction mode, which gives every transaction another connection. ` +
      'This job needs connections of its own: the lock of a run, read-only sessions and pinned settings belong to one connection. ' +
      'Let the URL name the server itself, or a pool in session mode (PgBouncer: pool_mode = session). Nothing was changed.',
  );
}

import pg from 'pg';
import { type Fault, NeighbourFault, UsageFault } from '../../fault.ts';
import { describeDatabaseError } from '../database-error.ts';
import type { Pooling } from './pooler.ts';

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

/** The fault where a pooler stands before the server that we cannot work through; null where none does. */
export function pooled({ neighbour, place }: Asked, pooling: Pooling, needs: number): Fault | null {
  const between = `Between this job and ${neighbour} at ${place} is a pooler`;
  switch (pooling) {
    case 'none':
    case 'session':
      return null;
    case 'shared':
      return new UsageFault(
        `${between} in transaction mode, or in statement mode, which gives our connection to other programs in between. ` +
          'This job needs connections of its own: the lock of a run, read-only sessions and pinned settings belong to one connection. ' +
          'Let the URL name the server itself, or a pool in session mode (PgBouncer: pool_mode = session); ' +
          '`redox-reconcile doctor` shows whether it does. Nothing was changed.',
      );
    case 'alone':
      return new NeighbourFault(
        `${between} that does not answer a second connection, so whether it is in session mode is not known. A run needs ${needs} ` +
          'connections there at the same time, and every job beside it one more: raise its limits (PgBouncer: default_pool_size, max_client_conn, ' +
          'max_db_connections), or let the URL name the server itself; `redox-reconcile doctor` shows whether it does. Nothing was changed.',
      );
  }
}

/** The fault where a connection is taken and nobody answers on it. */
export const noAnswer = ({ neighbour, place }: Asked, needs: number): NeighbourFault =>
  new NeighbourFault(
    `${place}, the address of ${neighbour}, took the connection and did not answer within 30 s. A pooler without a free connection does that ` +
      `(a run needs ${needs} at the same time, and every job beside it one more; PgBouncer: default_pool_size), and so does a server that hangs. ` +
      'Then start the job again.',
  );

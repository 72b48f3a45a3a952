import pg from 'pg';
import { type Fault, NeighbourFault, UsageFault } from '../../fault.ts';
import type { Secret } from '../../secret.ts';
import { describeDatabaseError } from '../database-error.ts';
import { connectRemedy } from './connect-remedy.ts';
import type { Pooling } from './pooler.ts';

/** The target of a connection attempt. */
export interface Asked {
  /** As `SessionOptions` has it. */
  readonly neighbour: string;
  readonly place: string;
}

/**
 * The fault of a connection that failed. SQLSTATE 53300 is a connection limit of the role, the database or the server. `needs`:
 * connections that a run uses at once.
 */
export function notConnected(error: unknown, { neighbour, place }: Asked, url: Secret, needs: number): NeighbourFault {
  const isAtLimit = error instanceof pg.DatabaseError && error.code === '53300';
  const remedy = isAtLimit
    ? `A run needs ${needs} connections there at the same time, and every job beside it one more. Raise the limit that is named ` +
      '(CONNECTION LIMIT of the role or of the database, or max_connections of the server), or end what holds the others; then start ' +
      'the job again.'
    : connectRemedy(error, url, neighbour);
  return new NeighbourFault(
    `Could not connect to ${neighbour} at ${place}: ${describeDatabaseError(error)}. ${remedy}`,
    {
      cause: error,
    },
  );
}

/** The fault if the server is behind a pooler that breaks sessions; null otherwise. */
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

/** The fault if a connection is accepted but stays silent. */
export const noAnswer = ({ neighbour, place }: Asked, needs: number): NeighbourFault =>
  new NeighbourFault(
    `${place}, the address of ${neighbour}, took the connection and did not answer within 30 s. A pooler without a free connection does that ` +
      `(a run needs ${needs} at the same time, and every job beside it one more; PgBouncer: default_pool_size), and so does a server that hangs. ` +
      'Then start the job again.',
  );

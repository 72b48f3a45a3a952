import { DatabaseFault } from '../../fault.ts';

/**
 * True if a standby cancelled a reader to replay changes of the primary. In a read-only transaction at repeatable read,
 * only this causes 40001 and 40P01.
 * Source: PostgreSQL documentation, 27.4.2 "Handling Query Conflicts"; `ProcessInterrupts` in postgres.c.
 */
export function isRecoveryConflict(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  return code === '40001' || code === '40P01' || isRecoveryConflict(error.cause);
}

export const conflictFault = (cause: unknown): DatabaseFault =>
  new DatabaseFault(
    'The EHR is a standby, and it broke off reading twice in order to replay what its primary did (conflict with recovery). ' +
      'Run at a quieter hour, read from the primary, or let the standby wait: hot_standby_feedback = on, or a longer max_standby_streaming_delay.',
    '40001',
    { cause },
  );

import { DatabaseFault } from '../../fault.ts';

/** A fetch that took too long. `limit`: the EHR's own, or null for ours. */
export const fetchTimeout = (file: string, limit: string | null, remedy: string, error: DatabaseFault): DatabaseFault =>
  new DatabaseFault(
    `A fetch through ${file} took longer than ${limit === null ? 'a minute' : `the EHR lets a statement take (${limit})`} and was given up; ${remedy}.`,
    error.code,
    { cause: error },
  );

/** A scan that hit our own limit. `otherwise`: what else looks like that. */
export const scanTimeout = (file: string, error: DatabaseFault, otherwise = ''): DatabaseFault =>
  new DatabaseFault(
    `The scan through ${file} took longer than EHR_SCAN_TIMEOUT allows${otherwise}; nothing was sent. ` +
      'Run at a quieter hour, see in the EHR what the query waits for, or raise EHR_SCAN_TIMEOUT; a shorter EHR_SCAN_PAUSE helps too.',
    error.code,
    { cause: error },
  );

export const endsTheScan = ', which ends a scan of all rows';

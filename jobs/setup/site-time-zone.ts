import { Fault } from '../../src/fault.ts';
import type { JobContext } from '../frame/job.ts';

/** Of a job that needs no zone but for the times that people read; null, which is UTC, where nobody has set one that can be read. */
export function siteTimeZoneOf({ config }: Pick<JobContext, 'config'>): string | null {
  try {
    return config('siteTimeZone').siteTimeZone;
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}

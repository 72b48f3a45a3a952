import { Fault } from '../../src/fault.ts';
import type { JobContext } from '../frame/job.ts';

/** The zone of times shown to people, for jobs that need it only for that; null means UTC. */
export function siteTimeZoneOf({ config }: Pick<JobContext, 'config'>): string | null {
  try {
    return config('siteTimeZone').siteTimeZone;
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}

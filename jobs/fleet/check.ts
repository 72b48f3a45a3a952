/** `fleet check`: every site's settings at once; nothing is started and no secret is shown. */
import { checkSites } from '../../src/config/fleet/check-sites.ts';
import { exitCodes, type ExitCode } from '../../src/fault.ts';
import { counted } from '../../src/plain-text.ts';
import type { JobContext } from '../frame/job.ts';
import type { FleetPlace } from './place.ts';

export function check({ print }: JobContext, place: FleetPlace): ExitCode {
  const folder = place.read();
  place.config();
  const faults = checkSites(folder);
  for (const [site, sentences] of [...faults].sort(([one], [other]) => (one < other ? -1 : 1))) {
    print(`${site}:`);
    for (const sentence of sentences) print(`  ${sentence}`);
  }
  const all = folder.sites.length + folder.invalid.length;
  const end = faults.size === 0 ? 'all of them fit.' : `${counted(faults.size, 'site')} must be corrected.`;
  print(`${counted(all, 'site')} in ${place.folder}; ${end}`);
  return faults.size === 0 ? exitCodes.done : exitCodes.usage;
}

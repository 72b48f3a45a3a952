import { examplesInWords } from '../ehr/read/same-keys.ts';
import { Fault, StoppedFault } from '../fault.ts';
import { dateIn } from '../values/time/wall-clock.ts';
import type { Services } from './services.ts';

/** Counting reads every patient once more, so sweeps do it once a week. */
export const isSunday = (now: Date, zone: string): boolean =>
  new Date(`${dateIn(zone, now.getTime())}T00:00:00Z`).getUTCDay() === 0;

/** Logs patients with the same match keys. A failure is logged too, because a night does without this count. */
export async function logSameKeys({
  ehr,
  run,
  log,
  signal,
}: Pick<Services, 'ehr' | 'run' | 'log' | 'signal'>): Promise<void> {
  try {
    const same = await ehr.snapshot((snapshot) => snapshot.sameKeys());
    if (same === null || same.pairs === 0) return;
    const { patients, pairs } = same;
    log('same_keys', { runId: run.id, patients, pairs, examples: examplesInWords(same) });
  } catch (error) {
    if (signal.aborted) throw new StoppedFault();
    if (!(error instanceof Fault)) throw error;
    const warning = `Could not count the patients with the same match keys: ${error.message} The night goes on; \`doctor\` counts them too.`;
    log('contract_warning', { file: 'patients.sql', warning });
  }
}

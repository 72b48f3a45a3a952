import { setTimeout as sleep } from 'node:timers/promises';
import { runProcess } from '../../../jobs/frame/process.ts';
import type { Job } from '../../../jobs/frame/job.ts';

/** A process for the tests: a job that logs and prints, and ends with an exit code of its own. */
const work: Job = {
  manual: { what: '', when: '', reads: '', writes: '', repeat: '', stop: '', exitCodes: [], examples: [] },
  options: {},
  run: async ({ print, log }) => {
    for (let round = 0; round < 3; round += 1) {
      log('metrics_served', { host: 'a line of the log', port: round });
      print('a line of the job');
      await sleep(20);
    }
    return 2;
  },
};

await runProcess([{ name: 'work', summary: 'work', load: () => Promise.resolve(work) }]);

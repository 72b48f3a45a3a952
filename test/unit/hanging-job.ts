import { runProcess } from '../../jobs/frame/process.ts';
import type { Job } from '../../jobs/job.ts';

/** A process for the tests: a job that hears of the shutdown and does not end. */
const hang: Job = {
  name: 'hang',
  summary: 'hang',
  manual: { what: '', when: '', reads: '', writes: '', repeat: '', stop: '', exitCodes: [], examples: [] },
  options: {},
  run: ({ print }) => {
    print('hanging');
    return new Promise(() => setInterval(() => undefined, 1000));
  },
};

const reject: Job = {
  ...hang,
  name: 'reject',
  run: () => {
    void Promise.reject(new Error('Jane Doe'));
    return new Promise(() => setInterval(() => undefined, 1000));
  },
};

await runProcess([hang, reject]);

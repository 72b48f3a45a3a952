import { runProcess } from '../../../jobs/frame/process.ts';
import type { Job } from '../../../jobs/frame/job.ts';

/** A process for the tests: a job that hears of the shutdown and does not end. */
const hang: Job = {
  manual: { what: '', when: '', reads: '', writes: '', repeat: '', stop: '', exitCodes: [], examples: [] },
  options: {},
  run: ({ print }) => {
    print('hanging');
    return new Promise(() => setInterval(() => undefined, 1000));
  },
};

const reject: Job = {
  ...hang,
  run: () => {
    void Promise.reject(new Error('Jane Doe'));
    return new Promise(() => setInterval(() => undefined, 1000));
  },
};

await runProcess([
  { name: 'hang', summary: 'hang', load: () => Promise.resolve(hang) },
  { name: 'reject', summary: 'reject', load: () => Promise.resolve(reject) },
]);

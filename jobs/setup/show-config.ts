import { examine, type EffectiveSetting } from '../../src/config/examine.ts';
import { everyPart } from '../../src/config/settings.ts';
import { exitCodes, UsageFault } from '../../src/fault.ts';
import { defineJob, type Manual } from '../frame/job.ts';

const manual: Manual = {
  what: 'Prints the effective configuration: every name, its value with secrets masked, and its origin.',
  when: 'During set-up, and whenever a job seems to ignore its settings.',
  reads: 'The environment, the files it names with <NAME>_FILE, and --env-file.',
  writes: 'Only its output.',
  repeat: 'Yes.',
  stop: 'It ends at once.',
  exitCodes: [exitCodes.done, exitCodes.usage],
  examples: ['redox-reconcile show-config', 'redox-reconcile show-config --env-file /etc/redox-reconcile.env'],
};

export const showConfig = defineJob({
  manual,
  options: {},
  run: ({ environment, envFiles, print }) => {
    const { effective, faults } = examine(environment, { envFiles, requires: new Set(everyPart) });
    for (const line of asTable(effective)) print(line);
    if (faults.length > 0) throw new UsageFault(['The configuration does not fit:', ...faults].join('\n  '));
    return Promise.resolve(exitCodes.done);
  },
});

function asTable(settings: readonly EffectiveSetting[]): string[] {
  const rows = settings.map(({ name, shown, origin }) => [name, shown ?? '-', origin] as const);
  const [nameWidth, valueWidth] = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(
    ([name, value, origin]) => `${name.padEnd(nameWidth ?? 0)}  ${value.padEnd(valueWidth ?? 0)}  ${origin}`,
  );
}

import { stat } from 'node:fs/promises';
import { listCsvFiles } from '../../src/ehr/csv-files.ts';
import { planLanding } from '../../src/ehr/landing-plan.ts';
import { inFull, lasting } from '../../src/report/plain-text.ts';
import { type Check, fault, look, ok, warning } from './check.ts';

/** Yesterday's extract is what a night expects; one of two days ago was not written last night. */
const oldMs = 36 * 3_600_000;

/** CSV extracts as they lie there: whether they can be read, whether they begin with a header, and how old they are. */
export function checkExtracts(folder: string, now: Date): Promise<readonly Check[]> {
  return look('files', async () => {
    const files = await listCsvFiles(folder);
    const { plans, faults } = await planLanding(files, new Map());
    const sizes = await Promise.all(files.map(async ({ path }) => (await stat(path)).size));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    const oldest = files.reduce((a, b) => (a.modifiedAt < b.modifiedAt ? a : b));
    const ageMs = now.getTime() - oldest.modifiedAt.getTime();
    const age = `${oldest.name}, the oldest of them, was written ${lasting(ageMs)} ago.`;
    return [
      ok('files', `${files.length} CSV files in ${folder}, ${inFull(Math.ceil(bytes / 1_000_000))} MB.`),
      ...faults.map((said) => fault('header', `${said}.`, null)),
      ...(faults.length > 0
        ? []
        : [
            ok(
              'header',
              `Each begins with a header line: ${plans.map(({ file, columns }) => `${file.name} (${columns.length})`).join(', ')}.`,
            ),
          ]),
      ageMs > oldMs
        ? warning('age', age, 'See that the export still runs: the watermark follows the oldest file.')
        : ok('age', age),
    ];
  });
}

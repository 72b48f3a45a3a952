/** A quiet night from CSV extracts, beside csv-parse alone over the same files. */
import { createReadStream, existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { packageRoot } from '../../../src/package-root.ts';
import { figure, type Line, timesFloor } from '../line.ts';
import { best, measure, timed } from '../measured-job.ts';
import { detailOf } from '../nights.ts';
import type { Site } from '../site.ts';

const folder = join(packageRoot, '../shared/data/synthea-109');

export async function measureExtracts(site: Site, keep: (line: Line) => void): Promise<void> {
  if (!existsSync(folder)) {
    keep(figure('quiet night from CSV extracts', 'not measured', 'the extracts are not there'));
    return;
  }
  await site.ledger('extracts');
  const settings = {
    ...site.settings('extracts'),
    EHR_URL: `csv:${folder}`,
    EHR_CONTRACT: join(packageRoot, 'sql/ehr/synthea'),
  };
  await measure(['baseline'], settings);
  // The first summaries of all patients, which nobody sent before.
  await measure(['nightly', '--allow-large-change'], settings, [0, 2]);
  const floor = await best(3, () => timed(parseAll));
  const night = await best(3, () => measure(['nightly'], settings));
  keep(
    timesFloor({
      work: 'quiet night, synthea-109 from CSV',
      ms: night.ms,
      floorMs: floor.ms,
      reach: 4,
      aim: null,
      detail: detailOf(night),
    }),
  );
}

async function parseAll(): Promise<void> {
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.csv'))) {
    const parser = createReadStream(join(folder, file)).pipe(parse({ bom: true, skip_records_with_error: true }));
    parser.on('data', () => undefined);
    await finished(parser);
  }
}

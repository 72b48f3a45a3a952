import { cpus, loadavg, totalmem } from 'node:os';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { packageRoot, packageVersion } from '../../src/package-root.ts';
import type { Line } from './line.ts';

/** As it is printed while the bench runs. */
export const describe = ({ work, measured, floor, ratio, goal, isReached, detail }: Line): string =>
  [
    work.padEnd(60),
    measured.padStart(14),
    floor.padStart(14),
    ratio.padStart(8),
    goal.padStart(12),
    isReached ? 'ok ' : 'NO ',
    detail,
  ].join('  ');

const path = join(packageRoot, 'docs/performance.md');
const [begin, end] = ['<!-- bench -->', '<!-- /bench -->'];

/** Puts the table into the page, between its marks. */
export async function writePage(lines: readonly Line[], size: number): Promise<void> {
  const page = await readFile(path, 'utf8');
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${path} has no place for the table`);
  const text = [before, begin, '\n\n', machine(size), '\n\n', table(lines), '\n\n', end, after].join('');
  await writeFile(path, await format(text, { parser: 'markdown', printWidth: 130 }));
}

function machine(size: number): string {
  const [cpu] = cpus();
  const day = new Date().toISOString().slice(0, 10);
  return (
    `Measured on ${day} with \`npm run bench -- --size ${size}\`, version ${packageVersion}, Node ${process.version}, embedded Postgres, ` +
    `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}) that job, both databases and stand-in share, ${Math.round(totalmem() / 2 ** 30)} GB of memory. ` +
    `Load at the end, over 15 minutes: ${(loadavg()[2] ?? 0).toFixed(1)}.`
  );
}

function table(lines: readonly Line[]): string {
  const rows = lines.map(({ work, measured, floor, ratio, goal, isReached, detail }) =>
    [
      work,
      measured,
      floor,
      ratio,
      goal,
      goal === '' ? '' : isReached ? 'yes' : 'no',
      detail.replaceAll('|', '\\|'),
    ].join(' | '),
  );
  return [
    'work | measured | floor | ratio | reach, aim | reached | where',
    '--- | ---: | ---: | ---: | ---: | --- | ---',
    ...rows,
  ]
    .map((row) => `| ${row} |`)
    .join('\n');
}

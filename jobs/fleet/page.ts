/** `fleet page`: what `fleet status` says, as one file without scripts and without network. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { exitCodes, type ExitCode, UsageFault } from '../../src/fault.ts';
import { counted } from '../../src/plain-text.ts';
import { escape } from '../../src/report/page/markup.ts';
import type { JobContext } from '../frame/job.ts';
import { type Cell, siteTable, type Table, workerTable } from './fleet-tables.ts';
import type { FleetPlace } from './place.ts';
import { asOf, type FleetView, readView, sentenceOf, surroundings } from './status.ts';

export async function page({ print }: JobContext, place: FleetPlace, file: string): Promise<ExitCode> {
  const html = pageOf(await readView(place), new Date());
  try {
    await writeFile(file, html);
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new UsageFault(
      `${file} cannot be written (${code}); fleet page takes the name of a file in a folder that is there.`,
      {
        cause: error,
      },
    );
  }
  print(`${resolve(file)} is written.`);
  return exitCodes.done;
}

const style = `
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 150rem; padding: 1.5rem; }
h1 { font-size: 1.3rem; margin: 0 0 .3rem; } h2 { font-size: 1rem; margin: 1.8rem 0 .4rem; }
p { margin: .2rem 0; } .wide { overflow: auto; max-height: 85vh; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100%; }
th, td { border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent); padding: .25rem .7rem .25rem 0; text-align: left; white-space: nowrap; }
th { font-weight: 600; position: sticky; top: 0; background: Canvas; z-index: 1; }
td:first-child, th:first-child { position: sticky; left: 0; background: Canvas; } th:first-child { z-index: 2; }
@media print { .wide { max-height: none; } }
.state { border-radius: .3rem; padding: .05rem .45rem; border: 1px solid currentColor; }
.failing { color: light-dark(#a3150f, #ff9a92); } .needs_person { color: light-dark(#7a4d00, #f3bf5c); }
.ok { color: light-dark(#1c6b32, #8ed6a0); } .paused, .new { color: light-dark(#4a4f57, #b9bec6); }
`;

export function pageOf(view: FleetView, now: Date): string {
  const { sites, workers, late } = view;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fleet of ${counted(sites.length, 'site')}</title>
<style>${style}</style>
<main>
<h1>${escape(sentenceOf(sites))}</h1>
<p>${asOf(now)}</p>
${surroundings(view, now)
  .map((line) => `<p>${escape(line)}</p>`)
  .join('\n')}
<h2>Sites</h2>
${tableOf(siteTable(sites, late))}
<h2>Workers</h2>
${tableOf(workerTable(workers, now))}
</main>
</html>
`;
}

const tableOf = ({ headings, rows }: Table): string =>
  `<div class="wide"><table><thead><tr>${headings.map((one) => `<th scope="col">${escape(one)}</th>`).join('')}</tr></thead>
<tbody>
${rows.map((cells) => `<tr>${cells.map(cellOf).join('')}</tr>`).join('\n')}
</tbody></table></div>`;

const cellOf = (cell: Cell): string =>
  typeof cell === 'string'
    ? `<td>${escape(cell)}</td>`
    : `<td><span class="state ${cell.mark}">${escape(cell.text)}</span></td>`;

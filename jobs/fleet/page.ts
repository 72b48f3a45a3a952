/** `fleet page`: what `fleet status` says, as one file without scripts and without network. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { exitCodes, type ExitCode, UsageFault } from '../../src/fault.ts';
import type { SiteRow } from '../../src/fleet/fleet-store.ts';
import { counted, lasting, minuteOf } from '../../src/plain-text.ts';
import type { JobContext } from '../frame/job.ts';
import type { FleetPlace } from './place.ts';
import { type FleetView, readView, runningIn, sentenceOf, surroundings } from './status.ts';

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

type Cell = string | { readonly text: string; readonly state: string };

const style = `
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 90rem; padding: 1.5rem; }
h1 { font-size: 1.3rem; margin: 0 0 .3rem; } h2 { font-size: 1rem; margin: 1.8rem 0 .4rem; }
p { margin: .2rem 0; } .wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100%; }
th, td { border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent); padding: .25rem .7rem .25rem 0; text-align: left; white-space: nowrap; }
th { font-weight: 600; position: sticky; top: 0; background: Canvas; }
.state { border-radius: .3rem; padding: .05rem .45rem; border: 1px solid currentColor; }
.failing { color: light-dark(#a3150f, #ff9a92); } .needs_person { color: light-dark(#7a4d00, #f3bf5c); }
.ok { color: light-dark(#1c6b32, #8ed6a0); } .paused, .new { color: light-dark(#4a4f57, #b9bec6); }
`;

/** The worst sites first. */
export function pageOf(view: FleetView, now: Date): string {
  const { sites, workers } = view;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fleet of ${counted(sites.length, 'site')}</title>
<style>${style}</style>
<main>
<h1>${escaped(sentenceOf(sites))}</h1>
<p>As of ${minuteOf(now)}; all times are UTC.</p>
${surroundings(view, now)
  .map((line) => `<p>${escaped(line)}</p>`)
  .join('\n')}
<h2>Sites</h2>
${tableOf(['site', 'state', 'since', 'clean night', 'next due', 'last end', 'took', 'accepted', 'open', 'waiting', 'zone', 'now'], sites.map(siteCells))}
<h2>Workers</h2>
${tableOf(
  ['worker', 'zone', 'slots', 'version', 'folder', 'started', 'seen'],
  workers.map((one) => [
    one.worker,
    one.zone,
    String(one.slots),
    one.version,
    one.folder_digest,
    shortTime(one.started_at),
    one.lives === true
      ? 'just now'
      : { text: `${lasting(now.getTime() - one.seen_at.getTime())} ago`, state: 'failing' },
  ]),
)}
</main>
</html>
`;
}

const none = '–';

/** `11-29 02:15`: the year and the zone stand above. */
const shortTime = (time: Date | null): string =>
  time === null ? none : time.toISOString().slice(5, 16).replace('T', ' ');

function siteCells(site: SiteRow): Cell[] {
  const state = site.paused_until === null ? site.state : 'paused';
  return [
    site.site,
    { text: state.replace('_', ' '), state },
    shortTime(site.since),
    shortTime(site.clean_at),
    shortTime(site.next_due_at),
    site.ended_at === null ? none : `${String(site.exit_code ?? none)} ${site.reason ?? ''}`,
    site.took_ms === null ? none : lasting(site.took_ms),
    String(site.accepted ?? none),
    String(site.open_calls ?? none),
    String(site.waiting ?? none),
    site.zone,
    runningIn(site),
  ];
}

const tableOf = (headings: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  `<div class="wide"><table><thead><tr>${headings.map((one) => `<th scope="col">${escaped(one)}</th>`).join('')}</tr></thead>
<tbody>
${rows.map((cells) => `<tr>${cells.map(cellOf).join('')}</tr>`).join('\n')}
</tbody></table></div>`;

const cellOf = (cell: Cell): string =>
  typeof cell === 'string'
    ? `<td>${escaped(cell)}</td>`
    : `<td><span class="state ${cell.state}">${escaped(cell.text)}</span></td>`;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

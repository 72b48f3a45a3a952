/**
 * Makes the sample that the README shows: the reports of the demo's last night with something for people in it, and two pictures
 * of the page. Takes the folder of a demo that has run, out/demo where none is given. It needs a Chromium, in CHROMIUM_PATH or PATH.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../src/package-root.ts';
import { chromiumPath, openBrowser } from '../test/integration/support/browser.ts';

const docs = join(packageRoot, 'docs');
const sample = join(docs, 'sample-report');
const reports = resolve(process.argv[2] ?? 'out/demo', 'reports');

/** Its exit code says that new lines need a person. */
const hasNews = (run: string): boolean =>
  /"exit_code": 2\b/.test(readFileSync(join(reports, run, 'summary.json'), 'utf8'));

const runs = readdirSync(reports, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const run = runs
  .map(({ name }) => name)
  .sort()
  .filter(hasNews)
  .at(-1);
if (run === undefined) throw new Error(`No night in ${reports} has anything for people: run the demo first.`);
rmSync(sample, { recursive: true, force: true });
mkdirSync(sample);
for (const file of readdirSync(join(reports, run))) cpSync(join(reports, run, file), join(sample, file));

if (chromiumPath === null) throw new Error('No Chromium in PATH or CHROMIUM_PATH, so no pictures.');
const browser = await openBrowser(chromiumPath);
for (const [colorScheme, size] of [
  ['light', { width: 1180, height: 1000 }],
  ['dark', { width: 1180, height: 1000 }],
] as const) {
  const page = await browser.newPage({ viewport: size, colorScheme });
  await page.goto(pathToFileURL(join(sample, 'report.html')).href);
  await page.screenshot({ path: join(docs, `report-${colorScheme}.png`) });
  await page.close();
}
await browser.close();
process.stdout.write(`${run} is the sample in ${sample} now.\n`);

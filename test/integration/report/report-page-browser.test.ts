import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { documentOf } from '../../../src/report/page/document.ts';
import { busyNight, harmfulIds, openLines } from '../../unit/report/page-facts.ts';
import { chromiumPath, openBrowser } from '../support/browser.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

if (chromiumPath === null) {
  process.stderr.write('No Chromium in PATH or CHROMIUM_PATH: the page is not looked at in a browser.\n');
}

const wide = { viewport: { width: 1180, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

describe.skipIf(chromiumPath === null)('the page in a browser', () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    browser = await openBrowser(chromiumPath ?? '');
    folder = await mkdtemp(join(tmpdir(), 'page-'));
    const lines = [
      ...openLines(40, { is_new: true, sort_new_lines: 40 }),
      ...openLines(9, {
        kind: 'failed',
        reason: 'timeout',
        needs: 'next_run',
        what_to_do: 'Nothing: it is sent again.',
      }),
      ...harmfulIds.flatMap((id) => openLines(1, { kind: 'orphan', entity_id: id, patient_id: id, detail: id })),
    ];
    await writeFile(join(folder, 'report.html'), documentOf(busyNight(lines)));
  });

  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  interface Opened {
    readonly page: Page;
    /** What the console said, and what was asked for beside the page itself. */
    readonly noise: readonly string[];
  }

  async function open(options: BrowserContextOptions): Promise<Opened> {
    const context = await browser.newContext(options);
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const noise: string[] = [];
    page.on('console', (message) => noise.push(message.text()));
    page.on('pageerror', (error) => noise.push(error.message));
    page.on('request', (request) => noise.push(request.url()));
    const url = pathToFileURL(join(folder, 'report.html')).href;
    await page.goto(url);
    expect(noise.shift()).toBe(url);
    return { page, noise };
  }

  const shownRows = (page: Page): Promise<string[]> => page.locator('#lines tbody tr:visible').allTextContents();

  test('finds and shows the requested lines and their count', async () => {
    const { page, noise } = await open(wide);
    const all = 49 + harmfulIds.length;
    expect(await page.locator('#shown').textContent()).toBe(`${all} of ${all} shown`);
    await page.getByRole('combobox', { name: 'Show' }).selectOption('new');
    expect(await shownRows(page)).toHaveLength(40);
    await page.getByRole('searchbox').fill('e-1');
    // E-1 and E-10 to E-19.
    expect(await shownRows(page)).toHaveLength(11);
    await page.getByRole('combobox', { name: 'Show' }).selectOption('next_run');
    expect(await page.locator('#shown').textContent()).toBe(`1 of ${all} shown`);
    expect(noise).toEqual([]);
  });

  test('sorts lines by a column, numerically within ids, and back', async () => {
    const { page } = await open(wide);
    await page.getByRole('combobox', { name: 'Show' }).selectOption('new');
    const head = page.locator('#lines thead th', { hasText: 'Row' });
    await head.getByRole('button').click();
    expect(await head.getAttribute('aria-sort')).toBe('ascending');
    const up = await shownRows(page);
    expect([up[1], up[9]]).toEqual([expect.stringContaining('E-2'), expect.stringContaining('E-10')]);
    await head.getByRole('button').click();
    expect(await head.getAttribute('aria-sort')).toBe('descending');
    expect(await shownRows(page)).toEqual(up.toReversed());
  });

  test('is not changed by ids that try to', async () => {
    const { page, noise } = await open(wide);
    expect(await page.title()).toMatch(/^Redox accepted /);
    expect(await page.locator('img, #lines script, #lines style').count()).toBe(0);
    expect(await page.locator('#lines tbody bdi').filter({ hasText: '<script>' }).count()).toBeGreaterThan(0);
    expect(noise).toEqual([]);
  });

  test('shows all lines without a script, and no dead control', async () => {
    const { page } = await open({ ...wide, javaScriptEnabled: false });
    expect(await page.locator('#lines tbody tr').count()).toBe(49 + harmfulIds.length);
    expect(await page.locator('#controls').isVisible()).toBe(false);
  });

  test.each([
    ['in light', { ...wide, colorScheme: 'light' }],
    ['in dark', { ...wide, colorScheme: 'dark' }],
    ['on a phone', { ...phone, colorScheme: 'light' }],
  ] as const)('is accessible, %s', async (_, options) => {
    const { page } = await open({ ...options, bypassCSP: true });
    await page.addScriptTag({ content: axe });
    const violations = await page.evaluate<string[]>(
      "axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map((node) => id + ' ' + node.html.slice(0, 200))))",
    );
    expect(violations).toEqual([]);
  });

  test.each([390, 600, 768, 1180])('fits %i px without sideways scrolling', async (width) => {
    const { page } = await open({ viewport: { width, height: 844 } });
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(width);
  });

  test('prints in ink on paper, without the controls', async () => {
    const { page } = await open({ ...wide, colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('#controls').isVisible()).toBe(false);
    expect(await page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor')).toBe(
      'rgb(255, 255, 255)',
    );
    expect((await page.pdf({ format: 'A4' })).byteLength).toBeGreaterThan(10_000);
  });
});

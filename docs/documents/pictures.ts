/** Makes docs/document-….png: documents as a reader sees them. It needs a Chromium, in CHROMIUM_PATH or PATH. */
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.ts';
import { chromiumPath, openBrowser } from '../../test/integration/support/browser.ts';
import { documentPage } from './page.ts';
import { sampleDocuments } from './samples.ts';

if (chromiumPath === null) throw new Error('No Chromium in PATH or CHROMIUM_PATH, so no pictures.');
const browser = await openBrowser(chromiumPath);
for (const [name, message] of Object.entries(sampleDocuments)) {
  const page = await browser.newPage({ viewport: { width: 1082, height: 600 } });
  await page.setContent(documentPage(message));
  await page.screenshot({ path: join(packageRoot, `docs/document-${name}.png`), fullPage: true });
  await page.close();
}
await browser.close();

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { JsonObject } from '../../../../src/json.ts';
import { migrateLedger } from '../../../../src/ledger/ledger.ts';
import { freshDatabase, templateDatabase } from '../database.ts';
import type { Before, NightOptions } from '../night.ts';

/** Of no ledger but those of told sites. */
const ledgerKey = Buffer.alloc(32, 'told').toString('base64');

/**
 * The first night of a site, once a run for all tests that only look at the nights after it: its ledger, and what Redox took. `site`:
 * everything that makes the site different from others. `tell` plays that night, and closes what it opened.
 */
export async function told(
  site: unknown,
  tell: (first: Required<Pick<NightOptions, 'before' | 'onTaken'>>) => Promise<unknown>,
): Promise<Before> {
  const name = `told_${createHash('sha256').update(JSON.stringify(site)).digest('hex').slice(0, 16)}`;
  const file = join(inject('sharedFolder'), `${name}.json`);
  const template = await templateDatabase(name, async (url) => {
    await migrateLedger(url);
    const taken: JsonObject[] = [];
    await tell({
      before: { ledger: { url, drop: () => Promise.resolve() }, ledgerKey, taken: [] },
      onTaken: (message) => void taken.push(message),
    });
    await writeFile(file, JSON.stringify(taken));
  });
  const taken = JSON.parse(await readFile(file, 'utf8')) as readonly JsonObject[];
  return { ledger: await freshDatabase({ template }), ledgerKey, taken };
}

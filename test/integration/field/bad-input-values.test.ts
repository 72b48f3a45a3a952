import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readListedRows } from '../../../jobs/night/listed-rows.ts';
import type { JsonObject } from '../../../src/json.ts';
import { blns, someTexts, texts as allTexts } from '../bad-input/hostile-texts.ts';
import { fill, namedIn, site } from '../bad-input/site.ts';
import { documentOid } from '../redox/stand-in-client.ts';

/**
 * What no EHR should hold and every EHR does: each such value either arrives at Redox as it is or is named in a report, and nothing
 * else is lost by it.
 */

const lastNameOf = (demographics: JsonObject): unknown => demographics['LastName'];

/** In one line, with a blank for what stands for one; `\\N` is nothing. */
const asSynced = (text: string): string | undefined => {
  const line = text
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]/g, ' ')
    .replace(/ +/g, ' ')
    .trim();
  return line === '' || line === '\\N' ? undefined : line;
};

const reasonOf = (content: unknown): string => JSON.stringify(content);

describe.each(['postgres', 'csv'] as const)('over %s', (kind) => {
  const texts = kind === 'postgres' ? allTexts : someTexts;

  it('every value arrives unchanged or is named in a report', async ({ annotate }) => {
    if (!existsSync(blns)) await annotate(`${blns} is not here; only the strings of this file were tried`);
    const at = await site(kind);
    await fill(kind, at, {
      patients: texts.map((text, index) => ({ patient_id: `p${index}`, last_name: text, street_address: text })),
      encounters: texts.map((text, index) => ({
        encounter_id: `e${index}`,
        patient_id: `p${index}`,
        status: 'finished',
        reason_name: text,
        started_at: '2026-01-01 10:00:00',
      })),
    });
    const run = await at.nightly({ allowLargeChange: true });
    const named = namedIn(run);
    const { patients, documents } = at.standIn.state();
    const lost = texts.filter((text, index) => {
      const patient = patients.get(`p${index}`);
      const arrived = patient !== undefined && lastNameOf(patient.demographics) === asSynced(text);
      return !arrived && !named.has(`p${index}`);
    });
    expect(lost).toEqual([]);
    const lostVisits = texts.filter((text, index) => {
      const document = documents.get(`${documentOid}^e${index}`);
      const arrived =
        document !== undefined && reasonOf(document).includes(JSON.stringify(asSynced(text) ?? '').slice(1, -1));
      return !arrived && !named.has(`e${index}`);
    });
    expect(lostVisits).toEqual([]);
    // A row that is blank beside its key describes nobody, and is named as such.
    const blank = texts.filter((text) => text.trim() === '');
    expect(patients.size + documents.size).toBe(2 * (texts.length - blank.length));
    expect((await at.nightly()).posts).toBe(0);
  });

  it('every id arrives unchanged or is reported, and comes back by --only', async () => {
    const at = await site(kind);
    await fill(kind, at, {
      patients: texts.map((text) => ({ patient_id: text, last_name: 'Example', street_address: '1 Main St' })),
      encounters: texts.map((text) => ({
        encounter_id: text,
        patient_id: text,
        status: 'finished',
        reason_name: 'a reason',
        started_at: '2026-01-01 10:00:00',
      })),
    });
    const run = await at.nightly({ allowLargeChange: true });
    const named = namedIn(run);
    const { patients, documents } = at.standIn.state();
    const isSynced = (text: string): boolean => patients.has(text) && documents.has(`${documentOid}^${text}`);
    // Of a key that is too long its beginning is given; a line of an extract is named by its number.
    const isNamed = (text: string): boolean =>
      named.has(text) || [...named].some((id) => id !== '' && text.startsWith(id) && Buffer.byteLength(text) > 2000);
    const leftOut = run.csv('data-quality').filter(({ entity }) => entity === 'file').length;
    const lost = texts.filter((text) => !isSynced(text) && !isNamed(text));
    expect(lost.filter((text) => kind === 'postgres' || Buffer.byteLength(text) <= 2000)).toEqual([]);
    expect(lost.length).toBeLessThanOrEqual(leftOut);

    const reports = ['discrepancies', 'calls', 'open-actions', 'data-quality'] as const;
    const fields = reports.flatMap((report) => run.csv(report)).flatMap((line) => Object.values(line));
    expect(fields).not.toEqual([]);
    for (const field of fields) expect(field).not.toMatch(/^[=+\-@\t\r\n]/);
    const rows = () => readListedRows(join(run.reportFolder, 'calls.csv'));
    const again = await at.rerun({ kind: 'only', rows }, { forced: true });
    expect(again.taken).toEqual({ PatientUpdate: patients.size, VisitPush: documents.size });
    expect((await at.ledger.query('the ledger', 'SELECT FROM run')).rowCount).toBe(2);
  });
});

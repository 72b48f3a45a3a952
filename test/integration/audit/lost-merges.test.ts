import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { QueryAnswers } from '../../../src/sandbox/redox/queries/query-answers.ts';
import { calls, type ClinicNight, found, openActions } from '../support/clinic-night.ts';
import type { Night } from '../support/night.ts';
import { AuditSite, expectAllRight, wrongIn } from './audit-site.ts';

/** Leaves the visits with the retired patient. */
const merge = (site: ClinicNight, retired: string, survivor: string): Promise<object[]> =>
  site.sql('INSERT INTO clinic.merge_log (retired_person_id, surviving_person_id, merged_at) VALUES ($1, $2, now())', [
    retired,
    survivor,
  ]);

const loseMerges = ({ standIn }: Night): void => {
  standIn.misbehave([{ kind: 'inside', fate: 'lost', when: { eventType: 'PatientMerge' } }]);
};

interface Lost {
  readonly audit: AuditSite;
  /** The retired patients of three merges: the EHR moved the first one's visits, and the second was merged into the third. */
  readonly lost: readonly [string, string, string];
}

/** A site with three merges that Redox made, and three that it lost after their logs succeeded. */
async function openWithLostMerges(): Promise<Lost> {
  const audit = await AuditSite.openPlayed('lost_merges', async (site) => {
    const [a = '', b = '', c = '', d = '', moved = '', first = '', middle = '', last = ''] = await site.patients();
    await merge(site, a, b);
    await merge(site, c, b);
    await merge(site, d, b);
    await site.clinic.mergePatients(moved, last);
    await merge(site, first, middle);
    await site.night.nightly({ allowLargeChange: true });
    await merge(site, middle, last);
    await site.night.nightly({ allowLargeChange: true });
  });
  const rows = await audit.site.sql<{ id: string }>(
    `SELECT retired_person_id::text AS id FROM clinic.merge_log WHERE merged_at > now() - interval '1 day' ORDER BY merged_at`,
  );
  const [moved = '', first = '', middle = ''] = rows.slice(-3).map(({ id }) => id);
  for (const retired of [moved, first, middle]) await audit.unmerge(retired);
  for (const visit of await audit.site.visitsOf(middle)) audit.forgetDocument(visit);
  return { audit, lost: [moved, first, middle] };
}

describe('a merge that Redox lost after its log succeeded', () => {
  it.each<[string, QueryAnswers, 'nightly' | 'intraday']>([
    ['hides retired records', {}, 'nightly'],
    ['answers with the survivor', { retired: 'survivor' }, 'intraday'],
  ])('is found where Redox %s, and made after a repair', async (_title, answers, next) => {
    const { audit, lost } = await openWithLostMerges();
    audit.answersAs(answers);
    const run = await audit.night.audit({ repairs: true, allowLargeChange: true });
    expect(run.summary.audit).toMatchObject({
      merges: { found: 3, missing: 3, unanswered: 0, not_assessed: 0 },
      wrong: 1,
    });
    expect(wrongIn(run).filter((line) => line.includes('merge'))).toEqual(
      lost.map((id) => `missing merge ${id}`).sort(),
    );
    expect(openActions(run)).toEqual(expect.arrayContaining(lost.map((id) => `missing_at_redox merge ${id} owed`)));
    const sent = calls(await audit.night[next]({ allowLargeChange: true }));
    expect(sent).toEqual(expect.arrayContaining(lost.map((id) => `PatientMerge ${id} accepted`)));
    await audit.site.expectRedoxIsTrue();
    expectAllRight(await audit.night.audit());
  });

  it('goes to a person if it is lost again', async () => {
    const { audit, lost } = await openWithLostMerges();
    await audit.night.audit({ repairs: true, allowLargeChange: true });
    loseMerges(audit.night);
    await audit.night.nightly({ allowLargeChange: true });
    audit.night.standIn.misbehave([]);
    const again = await audit.night.audit({ repairs: true, allowLargeChange: true });
    expect(openActions(again)).toEqual(lost.map((id) => `missing_at_redox merge ${id} again`).sort());
    expect([again.exitCode, again.summary.audit?.repaired]).toEqual([2, 0]);
  });

  it('is looked at by a list of merges, unless Redox keeps retired patients searchable', async () => {
    const {
      audit,
      lost: [moved],
    } = await openWithLostMerges();
    const rows = async function* () {
      yield await Promise.resolve({ entity: 'merge' as const, id: moved });
    };
    const scope = { kind: 'only' as const, rows };
    expect(found(await audit.night.audit({ scope }))).toContain(`missing_at_redox merge ${moved}`);
    audit.answersAs({ retired: 'itself' });
    const run = await audit.night.audit({ scope });
    expect(run.summary.audit?.merges).toEqual({ found: 0, missing: 0, unanswered: 0, not_assessed: 6 });
    expect(found(run).filter((line) => line.includes('merge'))).toEqual([]);
    const page = await readFile(join(run.reportFolder, 'report.html'), 'utf8');
    expect(page).toContain('its answers for 6 retired patients do not tell');
  });
});

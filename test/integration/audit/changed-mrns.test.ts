import { describe, expect, it } from 'vitest';
import type { QueryAnswers } from '../../../src/sandbox/redox/queries/query-answers.ts';
import { calls, type ClinicNight, found, openActions } from '../support/clinic-night.ts';
import { AuditSite, expectAllRight, wrongIn } from './audit-site.ts';

const changeMrn = (site: ClinicNight, patient: string, mrn: string): Promise<object[]> =>
  site.sql('UPDATE clinic.person SET mrn = $2, changed_at = now() WHERE person_id = $1', [patient, mrn]);

interface Lost {
  readonly audit: AuditSite;
  readonly patient: string;
}

/** A site with three changed MRNs, one of whose merges Redox lost after its log succeeded. */
async function openWithLostMrn(answers: QueryAnswers = {}): Promise<Lost> {
  const audit = await AuditSite.open();
  audit.answersAs(answers);
  const [a, b, patient] = await audit.site.somePatients();
  await changeMrn(audit.site, a, 'NEW-A');
  await changeMrn(audit.site, b, 'NEW-B');
  await audit.night.nightly({ allowLargeChange: true });
  await changeMrn(audit.site, patient, 'NEW-LOST');
  audit.night.standIn.misbehave([{ kind: 'inside', fate: 'lost', when: { eventType: 'PatientMerge' } }]);
  await audit.night.nightly({ allowLargeChange: true });
  audit.night.standIn.misbehave([]);
  return { audit, patient };
}

describe('the merge of a former MRN that Redox lost after its log succeeded', () => {
  it.each<[string, QueryAnswers, 'nightly' | 'intraday']>([
    ['hides retired records', {}, 'nightly'],
    ['answers with the survivor', { retired: 'survivor' }, 'intraday'],
  ])('is found where Redox %s, and made after a repair', async (_title, answers, next) => {
    const { audit, patient } = await openWithLostMrn(answers);
    const run = await audit.night.audit({ repairs: true, allowLargeChange: true });
    expect(run.summary.audit).toMatchObject({
      merges: { found: 2, missing: 1, unanswered: 0, not_assessed: 0 },
      patients: { unexpected: 0 },
      wrong: 1,
    });
    expect(wrongIn(run).filter((line) => !line.includes('encounter'))).toEqual([`missing merge ${patient}`]);
    expect(openActions(run)).toContain(`missing_at_redox merge ${patient} owed`);
    expect(calls(await audit.night[next]({ allowLargeChange: true }))).toContain(`PatientMerge ${patient} accepted`);
    await audit.site.expectRedoxIsTrue();
    expectAllRight(await audit.night.audit());
    expect((await audit.night.nightly()).posts).toBe(0);
  });

  it('goes to a person if it is lost again, and is looked at by a list', async () => {
    const { audit, patient } = await openWithLostMrn();
    await audit.night.audit({ repairs: true, allowLargeChange: true });
    audit.night.standIn.misbehave([{ kind: 'inside', fate: 'lost', when: { eventType: 'PatientMerge' } }]);
    await audit.night.nightly({ allowLargeChange: true });
    audit.night.standIn.misbehave([]);
    const rows = async function* () {
      yield await Promise.resolve({ entity: 'merge' as const, id: patient });
    };
    const scope = { kind: 'only' as const, rows };
    const again = await audit.night.audit({ scope, repairs: true, allowLargeChange: true });
    expect(openActions(again).filter((line) => line.includes('merge'))).toEqual([
      `missing_at_redox merge ${patient} again`,
    ]);
  });

  it('is no evidence where Redox keeps retired patients searchable: the second patient is unexpected', async () => {
    const { audit, patient } = await openWithLostMrn({ retired: 'itself' });
    const run = await audit.night.audit();
    expect(run.summary.audit?.merges).toEqual({ found: 0, missing: 0, unanswered: 0, not_assessed: 3 });
    expect(found(run)).toContain(`unexpected_at_redox patient ${patient} patient`);
  });
});

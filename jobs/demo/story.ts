/** The story: a few nights of a small clinic, in order. */
import { loadConfig } from '../../src/config/config.ts';
import { counted, inFull } from '../../src/plain-text.ts';
import { totalCalls } from '../../src/report/summary.ts';
import { describeConfirmation } from '../../src/report/text/confirmation.ts';
import { addMinutes, type Day } from '../../src/sandbox/clinic/day/calendar.ts';
import type { DayAccount, DayEdits } from '../../src/sandbox/clinic/day/day-account.ts';
import type { StandIn } from '../../src/sandbox/redox/stand-in.ts';
import { countsOf } from '../../src/sandbox/redox/state.ts';
import { readClinic } from './clinic-rows.ts';
import { killedNightly, type Night, nightly, type Stage, stopped } from './night.ts';
import { dayInWords, tellNight } from './words.ts';

/** A Monday: the first day that is acted out. What the clinic holds at first was entered before it. */
export const firstDay: Day = '2026-03-02';
const [monday, tuesday, wednesday] = [firstDay, '2026-03-03', '2026-03-04'];
const [thursday, friday] = ['2026-03-05', '2026-03-06'];

export interface Nights {
  readonly rejected: Night;
  readonly last: Night;
}

export async function tellNights(stage: Stage): Promise<Nights> {
  await firstLoad(stage);
  await quietNight(stage);
  await dayOfEdits(stage);
  await merge(stage);
  const { night: rejected, slips } = await rejectedVisit(stage);
  await killedNight(stage, slips);
  return { rejected, last: await lostMessage(stage) };
}

async function firstLoad(stage: Stage): Promise<void> {
  const { narrator, site } = stage;
  narrator.chapter('Saturday: the first night');
  narrator.tell(
    'By day',
    'The clinic takes redox-reconcile into service. Redox has no patients yet, and the ledger is empty. A person must approve ' +
      'sending everything, once: nightly --allow-large-change. If Redox already had a copy, they would run baseline.',
  );
  tellNight(narrator, await nightly(stage, '--allow-large-change'));
  const { patients, documents } = countsOf(site.redox.state());
  narrator.tell(
    '',
    `Redox now has ${counted(patients, 'patient')} and ${counted(documents, 'document')}, each sent as a VisitPush: one of each finished ` +
      'visit, and a summary of each patient who had one. Future and cancelled visits were not sent, nor were registrations that had been merged into others before.',
  );
}

async function quietNight(stage: Stage): Promise<void> {
  stage.narrator.chapter('Sunday: a quiet night');
  stage.narrator.tell('By day', 'The clinic is closed.');
  tellNight(stage.narrator, await nightly(stage));
}

async function dayOfEdits(stage: Stage): Promise<void> {
  const { narrator } = stage;
  narrator.chapter('Monday: a day of edits');
  const day = await live(stage, monday, { silentEdits: 2, voidedVisits: 1 });
  narrator.tell('By day', dayInWords(day));
  narrator.tell(
    '',
    'A script also corrected the names of two patients without changing updated_at. And a visit of some weeks ' +
      'ago, with a document at Redox, turned out to be charted in error and was cancelled.',
  );
  tellNight(narrator, await nightly(stage));
}

async function merge(stage: Stage): Promise<void> {
  const { narrator } = stage;
  narrator.chapter('Tuesday: a merge');
  const day = await live(stage, tuesday, { merges: 2 });
  narrator.tell('By day', dayInWords(day));
  narrator.tell(
    '',
    `The desk noticed that ${counted(day.merges.length, 'patient')} had been registered twice, and merged the registrations.`,
  );
  tellNight(narrator, await nightly(stage));
  narrator.tell('', 'With each PatientMerge, the documents of the retired registration are under the surviving one.');
}

async function rejectedVisit(stage: Stage): Promise<{ readonly night: Night; readonly slips: readonly string[] }> {
  const { narrator, site } = stage;
  narrator.chapter('Wednesday: a rejected visit');
  const day = await live(stage, wednesday, {});
  const refused = [...day.walkIns, ...day.finishedVisits].slice(0, 1);
  narrator.tell('By day', dayInWords(day));
  narrator.tell('', 'One of the visits is charted with a type that Redox does not accept.');
  site.redox.misbehave(refused.map((visit) => refusal(site.settings['ORGANIZATION_OID'] ?? '', visit)));
  const night = await nightly(stage);
  tellNight(narrator, night);
  return { night, slips: refused };
}

/** Redox does not document its checks beyond the shape of a message, so the stand-in is given this answer. */
const refusal = (documentOid: string, visit: string): Parameters<StandIn['misbehave']>[0][number] => ({
  kind: 'status',
  status: 400,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    Meta: { Errors: [{ ID: 1, Text: 'Header.Document.Visit.Type: Code is not supported.' }] },
  }),
  when: { documentId: `${documentOid}^${visit}` },
});

/** Redox answers so slowly that calls are under way whenever the night is killed. */
const slowAnswerMs = 15;

async function killedNight(stage: Stage, slips: readonly string[]): Promise<void> {
  const { narrator, site } = stage;
  narrator.chapter('Thursday: a night that is killed, and resumed');
  await correct(stage, slips);
  // Enough to be interrupted in, and so few that nobody takes it for a mass change.
  const moves = Math.min(250, Math.floor(countsOf(site.redox.state()).patients / 10));
  const day = await live(stage, thursday, { moves });
  narrator.tell('By day', `${dayInWords(day)}The desk corrected the visit that was rejected.`);
  site.redox.misbehave([{ kind: 'delay', ms: slowAnswerMs }]);
  const killed = totalCalls((await killedNightly(stage, Math.floor(moves / 2))).summary.calls);
  site.redox.misbehave([]);
  narrator.tell(
    'By night',
    `The power fails: the process is killed (kill -9) while it sends. Of ${counted(killed.planned, 'planned call')}, ` +
      `Redox had accepted ${inFull(killed.accepted)}. Another ${inFull(killed.unknown)} were in flight, and it ` +
      `is unknown whether Redox has them. ${inFull(killed.not_started)} more had not begun` +
      (killed.unneeded === 0 ? '.' : `, and ${inFull(killed.unneeded)} would not have changed anything at Redox.`),
  );
  const night = await nightly(stage);
  narrator.tell(
    'Resumed',
    'The next start finds the interrupted run, marks its calls in flight as unknown, and compares again. Once no call of the dead ' +
      'process can be in flight any more, it sends the unknown ones again, under the same ids, so that Redox has nothing twice. It ' +
      'does not repeat accepted calls.',
  );
  tellNight(narrator, night, '');
}

/** Redox answers 200, and the message fails behind that. */
async function lostMessage(stage: Stage): Promise<Night> {
  const { narrator, site } = stage;
  narrator.chapter('Friday: a message that Redox loses');
  narrator.tell('By day', dayInWords(await live(stage, friday, {})));
  site.redox.misbehave([{ kind: 'inside', fate: 'failed', when: { eventType: 'VisitPush', times: 1 } }]);
  tellNight(narrator, await nightly(stage));
  site.redox.misbehave([]);
  narrator.tell(
    '',
    'What was in flight when the power failed went once more, so that a late arrival cannot leave an older row at Redox.',
  );
  narrator.tell('', 'Redox accepted every message. Inside Redox one of them failed, and Redox does not try it again.');
  const night = await nightly(stage);
  const { confirmation } = night.summary;
  narrator.tell(
    'Next night',
    `Before it plans, a night asks Redox's logs what became of its messages. ${confirmation === undefined ? '' : describeConfirmation(confirmation)} ` +
      'What failed is owed again, and goes out in the same night.',
  );
  tellNight(narrator, night, '');
  return night;
}

/** A day at the clinic: an ordinary one, and the only unusual events are the given ones. */
async function live({ site, signal }: Stage, day: Day, edits: Partial<DayEdits>): Promise<DayAccount> {
  if (signal.aborted) throw stopped();
  const uneventful = { silentEdits: 0, merges: 0, voidedVisits: 0, impossibleVisits: 0 };
  // The edits carry the present time: days take seconds here, and the watermark follows the clock of the clinic's Postgres.
  return site.clinic.liveThroughDay(day, { ...uneventful, ...edits }, { at: new Date().toISOString() });
}

/** Gives visits an end half an hour after they began, and what became of the patient. */
async function correct({ site }: Stage, visits: readonly string[]): Promise<void> {
  const { encounters } = await readClinic(loadConfig(site.settings));
  for (const { encounter_id, started_at } of encounters) {
    if (!visits.includes(encounter_id) || started_at === null) continue;
    await site.clinic.discharge(encounter_id, addMinutes(started_at, 30), '01');
  }
}

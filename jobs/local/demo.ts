import { resolve } from 'node:path';
import { type ExitCode, exitCodes, UsageFault } from '../../src/fault.ts';
import { counted } from '../../src/plain-text.ts';
import { checkItself, sayWhereToLook } from '../demo/ending.ts';
import { Narrator } from '../demo/narrator.ts';
import { type Stage, stopped } from '../demo/night.ts';
import { clear, placeIn, writeEnvFile } from '../demo/place.ts';
import { openSite } from '../demo/site.ts';
import { firstDay, tellNights } from '../demo/story.ts';
import { defineJob, type Manual } from '../frame/job.ts';
import { text, value } from '../frame/options.ts';

const manual: Manual = {
  what: 'Lives through a few nights of a small, invented clinic, with an embedded Postgres and a local stand-in for Redox, and tells what happens. In the end it checks that Redox holds what the clinic holds.',
  when: 'To see what this program does. It needs no server, no account and no configuration, and leaves this machine for nothing.',
  reads: 'Nothing but its options: settings in the environment are left alone.',
  writes:
    'out/demo, replacing what the demo before has left there: the reports of its nights, its Postgres, and an environment file for looking at them with other jobs.',
  repeat: 'Yes. The clinic is the same every time.',
  stop: 'SIGTERM or SIGINT: the night under way is stopped, and so is the Postgres.',
  exitCodes: [
    exitCodes.done,
    exitCodes.stopped,
    exitCodes.usage,
    exitCodes.unavailable,
    exitCodes.bug,
    exitCodes.refused,
  ],
  examples: ['redox-reconcile demo', 'redox-reconcile demo --patients 20000'],
};

const usualPatients = 2000;
const visitsPerPatient = 4;

export const demo = defineJob({
  manual,
  options: {
    patients: value('--patients <N>', `how many the clinic has; ${usualPatients} where not given`, readPatients),
    folder: text('--folder <FOLDER>', 'where it keeps what it makes; out/demo where not given'),
  },
  run: async ({ signal, stdout }, { patients, folder }) => {
    const place = placeIn(resolve(folder ?? 'out/demo'));
    const narrator = new Narrator(stdout);
    narrator.say(opening);
    await narrator.watch(() => 'clearing away the demo before', clear(place));
    const site = await narrator.watch(() => 'starting a Postgres and a stand-in for Redox', openSite(place));
    try {
      return await tellStory({ site, place, narrator, signal }, patients ?? usualPatients);
    } finally {
      await narrator.watch(() => 'stopping the Postgres', site.close());
    }
  },
});

const opening =
  "Others ask Redox for a care organisation's patients and documents, and Redox answers from a copy. Feeds lose messages, so " +
  'the copy grows wrong; redox-reconcile makes it true again, every night. Here are six nights of a small clinic. The ' +
  'clinic is invented, Redox is a stand-in that runs here, and nothing leaves this machine. Each night is the command ' +
  '`redox-reconcile nightly`, in a process of its own, as cron would start it.';

async function tellStory(stage: Stage, patients: number): Promise<ExitCode> {
  const { site, place, narrator, signal } = stage;
  await writeEnvFile(place, site.settings);
  const visits = patients * visitsPerPatient;
  const build = site.clinic.build({ patients, visits, seed: 1, today: firstDay });
  await narrator.watch(() => `entering ${counted(patients, 'patient')} and ${counted(visits, 'visit')}`, build);
  if (signal.aborted) throw stopped();
  const nights = await tellNights(stage);
  const isTrue = await checkItself(stage, nights.last);
  sayWhereToLook(stage, nights);
  return isTrue ? exitCodes.done : exitCodes.bug;
}

function readPatients(text: string): number {
  const patients = Number(text);
  if (Number.isInteger(patients) && patients >= 200 && patients <= 1_000_000) return patients;
  throw new UsageFault(
    `--patients takes a whole number from 200 (the story needs some to tell of) to 1000000, not ${JSON.stringify(text)}.`,
  );
}

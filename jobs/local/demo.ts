import { resolve } from 'node:path';
import { wholeNumber } from '../../src/config/format/formats.ts';
import { type ExitCode, exitCodes } from '../../src/fault.ts';
import { counted } from '../../src/plain-text.ts';
import { checkItself, printWhereToLook } from '../demo/ending.ts';
import { Narrator } from '../demo/narrator.ts';
import { type Stage, stopped } from '../demo/night.ts';
import { clear, placeIn, writeEnvFile } from '../demo/place.ts';
import { openSite } from '../demo/site.ts';
import { firstDay, tellNights } from '../demo/story.ts';
import { allBut, defineJob, type Manual } from '../frame/job.ts';
import { text, typed } from '../frame/options.ts';

const manual: Manual = {
  what: 'Plays a few nights of a small, invented clinic, with an embedded Postgres and a local stand-in for Redox, and prints what happens. At the end it reads everything back from Redox and compares it with the clinic.',
  when: 'To see what this program does. It needs no server, no account and no configuration, and sends nothing outside this machine.',
  reads: 'Only its options; it ignores settings in the environment.',
  writes:
    'out/demo, replacing the files of an earlier demo: the reports of its nights, its Postgres, and an environment file for other jobs that read them.',
  repeat: 'Yes. The clinic is the same every time.',
  stop: 'SIGTERM or SIGINT: the current night and the Postgres are stopped.',
  exitCodes: allBut('needsPerson'),
  examples: ['redox-reconcile demo', 'redox-reconcile demo --patients 20000'],
};

const usualPatients = 2000;
const visitsPerPatient = 4;

export const demo = defineJob({
  manual,
  options: {
    patients: typed(
      '--patients <N>',
      `patients of the clinic; default ${usualPatients}`,
      wholeNumber(200, 1_000_000),
      'a whole number from 200 (the story needs some) to 1000000',
    ),
    folder: text('--folder <FOLDER>', 'folder for its files; default out/demo'),
  },
  run: async ({ signal, stdout }, { patients, folder }) => {
    const place = placeIn(resolve(folder ?? 'out/demo'));
    const narrator = new Narrator(stdout);
    narrator.say(opening);
    await narrator.watch(() => 'removing the earlier demo', clear(place));
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
  'the copy drifts; redox-reconcile corrects it every night. Here is a week of a small clinic. The ' +
  'clinic is invented, Redox is a stand-in on this machine, and nothing leaves it. Each night is the command ' +
  '`redox-reconcile nightly`, in a process of its own, as cron would start it.';

async function tellStory(stage: Stage, patients: number): Promise<ExitCode> {
  const { site, place, narrator, signal } = stage;
  await writeEnvFile(place, site.settings);
  const visits = patients * visitsPerPatient;
  const build = site.clinic.build({ patients, visits, seed: 1, today: firstDay });
  await narrator.watch(() => `entering ${counted(patients, 'patient')} and ${counted(visits, 'visit')}`, build);
  if (signal.aborted) throw stopped();
  const nights = await tellNights(stage);
  const isTrue = await checkItself(stage);
  printWhereToLook(stage, nights);
  return isTrue ? exitCodes.done : exitCodes.bug;
}

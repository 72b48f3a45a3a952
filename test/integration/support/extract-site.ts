import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageFault } from '../../../src/fault.ts';
import type { Landing, LandingSettings } from '../../../src/ehr/csv/csv-landing.ts';
import { csvSite, type CsvSite, usualSettings } from './csv-site.ts';

export type Files = Readonly<Record<string, string | Buffer>>;

/** A site whose contract reads patients and encounters from files that nobody has declared. */
export interface ExtractSite extends CsvSite {
  readonly contract: string;
  /** Lands these files beside a usual encounters.csv. */
  landed(files: Files, settings?: Partial<LandingSettings>): Promise<Landing>;
  /** Rows of the patients, each as its fields, in the order of the first. */
  patients(files: Files, settings?: Partial<LandingSettings>): Promise<unknown[][]>;
  /** What a landing of these files is refused for. */
  refusal(files: Files, settings?: Partial<LandingSettings>): Promise<string>;
}

export const usualEncounters = 'encounter_id,patient_id,status\nE1,P001,finished\n';

export async function extractSite(): Promise<ExtractSite> {
  const site = await csvSite();
  const contract = await contractFolder(site, {
    'patients.sql': 'SELECT patient_id, mrn, last_name, zip FROM patients',
    'encounters.sql': 'SELECT encounter_id, patient_id, status FROM encounters',
  });
  const landed = async (files: Files, settings: Partial<LandingSettings> = {}): Promise<Landing> =>
    site.land(await site.folder({ 'encounters.csv': usualEncounters, ...files }), contract, {
      ...usualSettings,
      ...settings,
    });
  return {
    ...site,
    contract,
    landed,
    patients: async (files, settings) => {
      const landing = await landed(files, settings);
      return (await site.rows(landing, 'patients')).map((row) => Object.values(row as Record<string, unknown>));
    },
    refusal: async (files, settings) => {
      const fault: unknown = await landed(files, settings).catch((error: unknown) => error);
      if (fault instanceof UsageFault) return fault.message;
      throw new Error('the landing was not refused', { cause: fault });
    },
  };
}

/** A contract folder with these files. */
export async function contractFolder(site: CsvSite, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await site.folder({});
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

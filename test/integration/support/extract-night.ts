import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { clinicContract } from '../damaged-extracts/site.ts';
import { openNight, type Night, type NightOptions, type NightResult } from './night.ts';
import { told } from './first-night/told.ts';
import { documentOid } from '../redox/stand-in-client.ts';

type FileName = 'patients' | 'encounters' | 'merges' | 'allergies';

/** A site that is read from four extracts, each a list of lines that a test may spoil. `\xff` in a line is that byte, which is no text. */
export interface ExtractNight {
  readonly night: Night;
  /** The lines of each file behind its header; null where there is no file. */
  readonly files: Record<FileName, string[] | null>;
  /** Writes the files and runs. */
  nightly(choices?: Parameters<Night['nightly']>[0]): Promise<NightResult>;
  /** The names of the allergies in the document of a visit; null where Redox has no document. */
  allergiesStored(visit: string): readonly string[] | null;
}

const headers: Readonly<Record<FileName, string>> = {
  patients: 'patient_id,mrn,first_name,last_name,birth_date,zip,city',
  encounters: 'encounter_id,patient_id,status,started_at,ended_at,reason',
  merges: 'retired_id,survivor_id,merged_at',
  allergies: 'encounter_id,code,name,severity',
};

/** Their names have no digits: `Lee`, and one of the letters for the number. */
export const patientLine = (number: number, changed: { readonly city?: string; readonly born?: string } = {}): string =>
  `P${number},M-${number},Ann,Lee,${changed.born ?? '1980-01-02'},78701,${changed.city ?? 'Austin'}`;
export const visitLine = (number: number, of: number, reason = 'Cough'): string =>
  `V${number},P${of},finished,2026-01-10 09:00:00,2026-01-10 09:30:00,${reason}`;
export const allergyLine = (visit: number, name: string): string => `V${visit},,${name},severe`;

/** Patients and visits of these numbers from 1 on, each patient with one visit, and nothing else. */
export async function extractNight(patients: number): Promise<ExtractNight> {
  const { site, close } = await openSite(patients);
  onTestFinished(close);
  return site;
}

async function openSite(
  patients: number,
  before: Pick<NightOptions, 'before' | 'onTaken'> = {},
): Promise<{ site: ExtractNight; close: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'extract-night-'));
  const night = await openNight({ ehr: { kind: 'csv', folder, contract: clinicContract }, ...before });
  const close = async (): Promise<void> => {
    await night.close();
    await rm(folder, { recursive: true });
  };
  const numbers = Array.from({ length: patients }, (_, index) => index + 1);
  const files: ExtractNight['files'] = {
    patients: numbers.map((number) => patientLine(number)),
    encounters: numbers.map((number) => visitLine(number, number)),
    merges: [],
    allergies: [],
  };
  const site: ExtractNight = {
    night,
    files,
    nightly: async (choices) => {
      for (const [name, header] of Object.entries(headers)) {
        const path = join(folder, `${name}.csv`);
        const lines = files[name as FileName];
        await (lines === null
          ? rm(path, { force: true })
          : writeFile(path, `${[header, ...lines].join('\n')}\n`, 'latin1'));
      }
      return night.nightly(choices);
    },
    allergiesStored: (visit) => {
      const document = night.standIn.state().documents.get(`${documentOid}^${visit}`);
      if (document === undefined) return null;
      const { Allergies = [] } = document.message as { Allergies?: { Substance: { Name: string } }[] };
      return Allergies.map(({ Substance }) => Substance.Name).sort();
    },
  };
  return { site, close };
}

/** A site of which Redox was told everything, the night before; of that night there are neither reports nor POSTs. */
export async function syncedExtract(patients: number, allergies: readonly string[] = []): Promise<ExtractNight> {
  const before = await told(['extract', patients, allergies], async (first) => {
    const { site, close } = await openSite(patients, first);
    site.files.allergies = [...allergies];
    await site.nightly();
    await close();
  });
  const { site, close } = await openSite(patients, { before });
  onTestFinished(close);
  site.files.allergies = [...allergies];
  return site;
}

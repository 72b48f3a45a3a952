/** The clinic's site: its folder of extracts, its ledger and the stand-in, emptied for each history. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { exitCodes, Fault } from '../../../src/fault.ts';
import type { JsonObject } from '../../../src/json.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { openNight, type Night, type NightResult } from '../support/night.ts';
import { Clinic } from './clinic.ts';
import { type Export, exportOf } from './export.ts';
import { unsaid, wronglyListed } from './listed.ts';
import { differences } from './settled.ts';
import { type NightStep, printed, type Step } from './step.ts';
import { type SentAllergy, visitOfDocument, wronglySent } from './sent.ts';

export interface Site {
  /** Plays a history from an empty site on; rejects with it, and with what did not agree. */
  play(steps: readonly Step[]): Promise<void>;
  close(): Promise<void>;
}

export const clinicContract = join(packageRoot, 'test/integration/damaged-extracts/contract');

/** So many nights with a whole export make everything right. */
const nightsToMend = 2;

export async function openSite(): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'damaged-extracts-'));
  let taken: JsonObject[] = [];
  const night = await openNight({
    ehr: { kind: 'csv', folder, contract: clinicContract },
    onTaken: (message) => taken.push(message),
  });
  const takeTaken = (): readonly JsonObject[] => {
    const messages = taken;
    taken = [];
    return messages;
  };
  return {
    play: async (steps) => {
      await night.ledger.query('an empty ledger', emptyLedger);
      night.standIn.reset();
      takeTaken();
      try {
        await new Player(night, folder, takeTaken).play(steps);
      } catch (error) {
        throw new Error(`${String(error)}\n\nThe history:\n${printed(steps)}\n`, { cause: error });
      }
    },
    close: async () => {
      await night.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** All but the key, the target and what was migrated: those are the same for every history. */
const emptyLedger = 'TRUNCATE run, patient, encounter CASCADE';

class Player {
  readonly #night: Night;
  readonly #folder: string;
  readonly #takeTaken: () => readonly JsonObject[];
  readonly #clinic = new Clinic();

  constructor(night: Night, folder: string, takeTaken: () => readonly JsonObject[]) {
    this.#night = night;
    this.#folder = folder;
    this.#takeTaken = takeTaken;
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      if (step.do === 'night') await this.#play(step);
      else this.#clinic.work(step);
    }
    await this.#settle();
  }

  /** The export is whole again and nobody works: soon all is true at Redox, and nothing is sent any more. */
  async #settle(): Promise<void> {
    for (let nights = 1; ; nights += 1) {
      const posts = (await this.#play(wholeNight))?.posts;
      if (nights > 1 && posts === 0) break;
      expect(nights, 'nights that still find something to send').toBeLessThanOrEqual(nightsToMend);
    }
    none(differences(this.#clinic, this.#night.standIn.state()));
  }

  /** Gives null where the night was refused, as it may be. */
  async #play({ damages, allowed }: NightStep): Promise<NightResult | null> {
    const exported = exportOf(this.#clinic, damages);
    await this.#write(exported);
    const allergiesBefore = this.#allergiesStored();
    // A handful of merges that are all undone in one day would be too many for the guard.
    const result = await this.#run(allowed || damages.length === 0, exported);
    const messages = this.#takeTaken();
    none(wronglySent({ clinic: this.#clinic, exported, messages, allergiesBefore }));
    if (result === null) {
      expect(messages, 'messages of a night that was refused').toEqual([]);
      return null;
    }
    none([...wronglyListed(result, this.#clinic), ...unsaid(result, exported)]);
    return result;
  }

  async #run(allowLargeChange: boolean, exported: Export): Promise<NightResult | null> {
    try {
      return await this.#night.nightly({ allowLargeChange });
    } catch (error) {
      const isRefusal =
        error instanceof Fault && (error.exitCode === exitCodes.refused || error.exitCode === exitCodes.usage);
      const mayBe = Object.values(exported).some(({ mayBeRefused }) => mayBeRefused) || this.#clinic.merges.size === 0;
      if (isRefusal && mayBe) return null;
      throw error;
    }
  }

  async #write(exported: Export): Promise<void> {
    for (const { name, content } of Object.values(exported)) {
      const path = join(this.#folder, `${name}.csv`);
      await (content === null ? rm(path, { force: true }) : writeFile(path, content));
    }
  }

  #allergiesStored(): ReadonlyMap<string, number> {
    const { documents } = this.#night.standIn.state();
    return new Map(
      [...documents.values()].map(({ id, message }) => {
        const { Allergies = [] } = message as unknown as { Allergies?: readonly SentAllergy[] };
        return [visitOfDocument(id), Allergies.length];
      }),
    );
  }
}

const wholeNight: NightStep = { do: 'night', damages: [], allowed: true };

/** One sentence a line, for whoever has to find out why. */
function none(complaints: readonly string[]): void {
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
}

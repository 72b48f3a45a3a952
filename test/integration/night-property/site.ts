/** The model's site: its EHR, its ledger and the stand-in, emptied for each history. */
import { Session } from '../../../src/postgres/session.ts';
import { freshDatabase } from '../support/database.ts';
import { openNight, platformSettings } from '../support/night.ts';
import { modelContract, modelTables } from './model-ehr.ts';
import { concurrency, Player, type SiteChoices } from './player.ts';
import { printed, type Step } from './step.ts';

export interface Site {
  /** Plays a history from an empty site on; rejects with it, and with what did not agree. */
  play(steps: readonly Step[]): Promise<void>;
  close(): Promise<void>;
}

export async function openSite({
  confirms = false,
  planAhead = 'all',
  ...parts
}: Partial<SiteChoices> = {}): Promise<Site> {
  const database = await freshDatabase();
  const ehr = await Session.open(database.url, { neighbour: 'the model EHR' });
  await ehr.query('the tables of the model', modelTables);
  const night = await openNight({
    ehr: { kind: 'postgres', url: database.url, contract: modelContract },
    // Without an overlap the watermark has to be right to the millisecond.
    settings: {
      WATERMARK_OVERLAP: '0s',
      CONCURRENCY: String(concurrency),
      PLAN_AHEAD: String(planAhead),
      ...(confirms ? platformSettings : {}),
    },
  });
  return {
    play: async (steps) => {
      await night.ledger.query('an empty ledger', emptyLedger);
      night.standIn.reset();
      try {
        await new Player(night, ehr, { confirms, planAhead, ...parts }).play(steps);
      } catch (error) {
        throw new Error(`${String(error)}\n\nThe history:\n${printed(steps)}\n`, { cause: error });
      }
    },
    close: async () => {
      await night.close();
      await ehr.close();
      await database.drop();
    },
  };
}

/** All but the key, the target and what was migrated: those are the same for every history. */
const emptyLedger =
  'TRUNCATE run, patient, encounter, platform_query, audit_finding, audit_look, audit_round, audit_query CASCADE';

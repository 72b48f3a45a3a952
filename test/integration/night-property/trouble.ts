/** How a run meets its trouble, and what must become of it. */
import { NeighbourFault, StoppedFault } from '../../../src/fault.ts';
import type { Fault as Rule } from '../../../src/sandbox/redox/fault/fault.ts';
import type { Night, NightResult, NightChoices } from '../support/night.ts';
import { patientIds, type Trouble } from './step.ts';
import { idOf } from './work.ts';

type Start = (choices: NightChoices) => Promise<NightResult | null>;

/** Runs a job in its trouble; null where it died of it, as it should have. */
export async function meet(night: Night, trouble: Trouble | undefined, start: Start): Promise<NightResult | null> {
  try {
    switch (trouble?.kind) {
      case undefined:
        return await start({});
      case 'fault':
        night.standIn.misbehave([ruleOf(trouble)]);
        // Long enough for any answer that comes at all.
        return await start(trouble.effect.kind === 'hang' ? { settings: { CALL_TIMEOUT: '100ms' } } : {});
      case 'signal':
        return await unlessStopped(start(stoppedAfter(night, trouble.afterPosts)));
      case 'max calls':
        return await start({ maxCalls: trouble.calls });
      case 'crash':
        return await crash(night, trouble.duringPost, start);
    }
  } finally {
    night.standIn.misbehave([]);
  }
}

function ruleOf({ effect, eventType, patient, nth, times }: Extract<Trouble, { readonly kind: 'fault' }>): Rule {
  return {
    ...effect,
    when: {
      ...(eventType === undefined ? {} : { eventType }),
      ...(patient === undefined ? {} : { patientId: idOf(patientIds, patient) }),
      nth,
      times,
    },
  };
}

/** A signal that comes before there is a run, or while the ledger or the EHR is asked, ends the job with a StoppedFault. */
const unlessStopped = (running: ReturnType<Start>): ReturnType<Start> =>
  running.catch((error: unknown) => {
    if (error instanceof StoppedFault) return null;
    throw error;
  });

/** The clock is asked before and after each call, so the signal comes between two of them. */
function stoppedAfter({ standIn }: Night, posts: number): NightChoices {
  const before = standIn.requests().posts;
  const stop = new AbortController();
  const now = (): Date => {
    if (standIn.requests().posts - before >= posts) stop.abort();
    return new Date();
  };
  return { signal: stop.signal, now };
}

/** Ends the session that holds the lock while Redox thinks about a call. The run must say that a neighbour was lost. */
async function crash(night: Night, duringPost: number, start: Start): Promise<NightResult | null> {
  const { standIn, ledger } = night;
  const before = standIn.requests().posts;
  standIn.misbehave([{ kind: 'delay', ms: 40, when: { nth: duringPost, times: 1 } }]);
  const kills: Promise<unknown>[] = [];
  const watch = setInterval(() => {
    if (standIn.requests().posts - before < duringPost || kills.length > 0) return;
    kills.push(ledger.query('the end of the session that holds the lock', killHolder));
  }, 1);
  try {
    return await start({});
  } catch (error) {
    if (kills.length === 0 || !(error instanceof NeighbourFault)) throw error;
    return null;
  } finally {
    clearInterval(watch);
    await Promise.all(kills);
    // Sometimes the next run has to wait for what this one may have under way.
    await night.pass(200);
  }
}

const killHolder = `
  SELECT pg_terminate_backend(pid)
  FROM pg_locks
  WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
`;

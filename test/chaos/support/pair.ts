/** One site on two machines: both start the night, one of them dies, and the other has it done. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Dice, isShort } from './budget.ts';
import { CountedPath, type Post } from './counted-path.ts';
import type { Ended, Job } from './job.ts';
import { type MachineLink, openLinks } from './machine-link.ts';
import { ChaosSite, legacySettings } from './site.ts';
import { count } from './tally.ts';

export type Death = 'kill -9' | 'SIGSTOP' | 'cut link';

interface PairOptions {
  readonly callTimeout: string;
  /** How long a stopped process stands still. */
  readonly stopMs: number;
  readonly withNamespaces: boolean;
}

export class Pair {
  readonly site: ChaosSite;
  readonly #links: readonly [MachineLink, MachineLink];
  readonly #redox: CountedPath;
  readonly #options: PairOptions;
  #nights = 0;

  private constructor(
    site: ChaosSite,
    links: readonly [MachineLink, MachineLink],
    redox: CountedPath,
    options: PairOptions,
  ) {
    this.site = site;
    this.#links = links;
    this.#redox = redox;
    this.#options = options;
  }

  /** Opens a site that was loaded, and gives its close. */
  static async open(options: PairOptions): Promise<{ pair: Pair; close: () => Promise<void> }> {
    const redox = await CountedPath.open();
    const settings = { ...legacySettings, CALL_TIMEOUT: options.callTimeout, REDOX_BASE_URL: redox.url };
    const { site, close } = await ChaosSite.open(settings);
    redox.leadTo(site.standIn.url);
    await site.ehr.grow(20);
    const first = await site.start('nightly').ended;
    expect(first, first.said).toMatchObject({ exitCode: 0 });
    const links = await openLinks(site.ledger, options.withNamespaces);
    return {
      pair: new Pair(site, links, redox, options),
      close: async () => {
        for (const link of links) link.close();
        redox.close();
        await close();
      },
    };
  }

  get linkKind(): MachineLink['kind'] {
    return this.#links[0].kind;
  }

  /** One night in which the active machine dies so long after its start. False if it had ended by then. */
  async survives(death: Death, laterMs: number, dice: Dice): Promise<boolean> {
    await this.site.ehr.live(dice);
    this.site.standIn.misbehave([{ kind: 'delay', ms: 120 }]);
    const starts = this.#startBoth();
    const active = await firstToRun(starts);
    const standby = starts.find((one) => one !== active);
    if (standby === undefined) throw new Error('both are active');
    await sleep(laterMs);
    if (active.job.process.exitCode !== null || active.job.log.some(({ event }) => event === 'run_finished')) {
      await Promise.all(starts.map(({ job }) => job.ended));
      return false;
    }
    await this.#hurt(death, active, dice);
    const diedAt = performance.now();
    const back = death === 'SIGSTOP' ? this.#goOn(active) : Promise.resolve();
    const alive = await standby.job.ended;
    const doneAt = performance.now();
    await back;
    const dead = await this.#endOf(active);
    this.#expectTakeOver(death, dead, alive);
    this.#expectInTime(death, diedAt, doneAt);
    expectApart(this.#redox.posts);
    await active.link.mend();
    return true;
  }

  #startBoth(): readonly [Start, Start] {
    this.#nights += 1;
    const due = new Date(Date.UTC(2026, 0, 1) + this.#nights * 60_000).toISOString();
    this.#redox.posts.length = 0;
    const start = (link: MachineLink): Start => ({
      link,
      job: this.site.start(`nightly --due ${due} --once --wait 10m --allow-large-change`, {
        LEDGER_URL: link.url.reveal(),
      }),
    });
    return [start(this.#links[0]), start(this.#links[1])];
  }

  async #hurt(death: Death, { job, link }: Start, dice: Dice): Promise<void> {
    // The EHR goes on: what the dead one has planned is older than what the other one sends.
    switch (death) {
      case 'kill -9':
        job.kill('SIGSTOP');
        await this.site.ehr.live(dice);
        job.kill('SIGKILL');
        return;
      case 'SIGSTOP':
        await job.stopWhileWaiting();
        await this.site.ehr.live(dice);
        return;
      case 'cut link':
        await link.cut();
        await this.site.ehr.live(dice);
    }
  }

  async #goOn({ job }: Start): Promise<void> {
    await sleep(this.#options.stopMs);
    job.kill('SIGCONT');
  }

  /** Outside of delivery a job asks a silent ledger by another connection, which takes it two minutes: longer than the short form has. */
  async #endOf({ job }: Start): Promise<Ended> {
    if (!isShort) return job.ended;
    const late = setTimeout(() => {
      job.kill('SIGKILL');
    }, this.#options.stopMs);
    return job.ended.finally(() => {
      clearTimeout(late);
    });
  }

  #expectTakeOver(death: Death, dead: Ended, alive: Ended): void {
    const done = [0, 2];
    // A stopped process keeps the lock while its machine answers, and goes on; else it finds out, and ends with 69.
    const deadCodes = { 'kill -9': [null], SIGSTOP: [0, 2, 69], 'cut link': isShort ? [69, null] : [69] }[death];
    expect(deadCodes, `${death}: ${dead.said}`).toContain(dead.exitCode);
    expect(done, `${death}: ${alive.said}`).toContain(alive.exitCode);
  }

  #expectInTime(death: Death, diedAt: number, doneAt: number): void {
    const next = this.#redox.posts.find(({ at }) => at > diedAt);
    const first = (next?.at ?? doneAt) - diedAt;
    const done = doneAt - diedAt;
    count(`deaths of a pair: ${death}`);
    count(`most seconds until the next call: ${death}`, Math.ceil(first / 1000));
    count(`most seconds until the night was done: ${death}`, Math.ceil(done / 1000));
    expect(first, `${death}: until the next call`).toBeLessThan(60_000);
    expect(done, `${death}: until the night is done`).toBeLessThan(60_000 + milliseconds(this.#options.callTimeout));
  }
}

interface Start {
  readonly link: MachineLink;
  readonly job: Job;
}

const milliseconds = (text: string): number => Number.parseInt(text) * 1000;

async function firstToRun(starts: readonly [Start, Start]): Promise<Start> {
  const runs = ({ job }: Start): boolean => job.log.some(({ event }) => event === 'run_started');
  await Promise.all(starts.map(({ job }) => job.until(() => starts.some(runs))));
  const found = starts.find(runs);
  if (found !== undefined) return found;
  const ends = await Promise.all(starts.map(({ job }) => job.ended));
  throw new Error(`no start had a run: ${ends.map(({ exitCode, said }) => `${String(exitCode)} ${said}`).join('; ')}`);
}

/** One process sends after the other: their first and last messages do not overlap. */
function expectApart(posts: readonly Post[]): void {
  const ends = posts.filter(({ token }, at) => posts[at + 1]?.token !== token);
  const beside = ends.length - new Set(posts.map(({ token }) => token)).size;
  count('calls of both machines beside each other', beside);
  expect(beside, 'a process sends after the other one has begun').toBe(0);
}

/** What carries the number of the edit that wrote it, by event. A merge carries the survivor's name under the retired patient's id. */
const edits: Readonly<Record<string, RegExp>> = {
  NewPatient: /Renamed(\d+)/,
  PatientUpdate: /Renamed(\d+)/,
  VisitPush: /Reason(\d+)/,
};

/** The number never falls for one row at Redox. */
export function oldAfterNew(
  journal: readonly { readonly event: string; readonly id: string; readonly content: string }[],
): string[] {
  const newest = new Map<string, number>();
  return journal.flatMap(({ event, id, content }) => {
    const [, edit] = edits[event]?.exec(content) ?? [];
    if (edit === undefined) return [];
    const key = `${event === 'VisitPush' ? 'document' : 'patient'} ${id}`;
    const before = newest.get(key) ?? 0;
    newest.set(key, Math.max(before, Number(edit)));
    return Number(edit) < before ? [`${key}: edit ${edit} after ${before}`] : [];
  });
}

/** What is done to a fleet while its nights run. Each trouble ends by itself; workers that end have a successor. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fleet, Worker } from '../../../fleet/support/fleet.ts';
import type { Dice } from '../budget.ts';
import { Link } from '../link.ts';
import { count } from '../tally.ts';
import { at, type FleetServers } from './servers.ts';

/** A machine: a worker behind a link of its own to the fleet's database. */
interface Machine {
  readonly link: Link;
  worker: Worker;
}

const downMs = 4_000;
/** Longer than a heartbeat, shorter than the patience of a session. */
const silentMs = 14_000;
const stormMs = 10_000;
const clockShiftMs = 240_000;
const wrongClockMs = 12_000;
export const usualDelay = [{ kind: 'delay', ms: 30 }] as const;

export class FleetTroubles {
  readonly #fleet: Fleet;
  readonly #servers: FleetServers;
  readonly #dice: Dice;
  readonly #slots: number;
  readonly #machines: Machine[] = [];
  /** When workers were killed with their nights, by process. */
  readonly deaths = new Map<number, number>();
  /** Processes of workers with a wrong clock. */
  readonly wrongClocks: number[] = [];
  #left: (() => Promise<void>)[] = [];

  constructor(fleet: Fleet, servers: FleetServers, dice: Dice, slots: number) {
    this.#fleet = fleet;
    this.#servers = servers;
    this.#dice = dice;
    this.#slots = slots;
  }

  async startMachines(number: number): Promise<void> {
    for (let one = 0; one < number; one += 1) {
      const link = await Link.open(this.#servers.fleet.port);
      this.#machines.push({ link, worker: await this.#newWorker(link) });
    }
  }

  get workers(): Worker[] {
    return this.#machines.map(({ worker }) => worker);
  }

  /** The next trouble: each kind comes once before one comes again. */
  async hurt(): Promise<void> {
    if (this.#left.length === 0) this.#left = this.#shuffled();
    await this.#left.pop()?.();
  }

  close(): void {
    for (const { link, worker } of this.#machines) {
      worker.kill();
      link.cut();
    }
  }

  #shuffled(): (() => Promise<void>)[] {
    const kinds = [
      this.#killWithNights,
      this.#killAlone,
      this.#killNight,
      this.#stop,
      this.#killLedgers,
      this.#killFleetDatabase,
      this.#silenceFleetDatabase,
      this.#silenceLedgers,
      this.#storm,
      this.#wrongClock,
    ];
    return kinds
      .map((kind) => ({ kind, at: this.#dice.number(1_000_000) }))
      .sort((one, other) => one.at - other.at)
      .map(({ kind }) => kind);
  }

  async #newWorker(link: Link, preload?: string): Promise<Worker> {
    const env = { FLEET_URL: at(this.#fleet.url, link.port).reveal() };
    const place = preload === undefined ? { env } : { env, preload };
    return Promise.resolve(this.#fleet.workerIn(place, '--slots', String(this.#slots)));
  }

  #machine(): Machine {
    const machine = this.#machines[this.#dice.number(this.#machines.length)];
    if (machine === undefined) throw new Error('the fleet has no machine');
    return machine;
  }

  readonly #killWithNights = async (): Promise<void> => {
    const machine = this.#machine();
    machine.worker.kill();
    const { pid } = machine.worker.process;
    if (pid !== undefined) this.deaths.set(pid, Date.now());
    count('workers of a fleet killed with their nights');
    machine.worker = await this.#newWorker(machine.link);
  };

  readonly #killAlone = async (): Promise<void> => {
    const machine = this.#machine();
    machine.worker.killAlone();
    count('workers of a fleet killed alone');
    machine.worker = await this.#newWorker(machine.link);
  };

  readonly #killNight = (): Promise<void> => {
    const nights = this.workers.flatMap(({ process: { pid } }) => childrenOf(pid ?? 0));
    const victim = nights[this.#dice.number(Math.max(1, nights.length))];
    if (victim !== undefined) {
      killIfThere(victim);
      count('nights of a fleet killed');
    }
    return Promise.resolve();
  };

  readonly #stop = async (): Promise<void> => {
    const machine = this.#machine();
    machine.worker.stop();
    await machine.worker.ended;
    count('workers of a fleet stopped');
    machine.worker = await this.#newWorker(machine.link);
  };

  readonly #killLedgers = async (): Promise<void> => {
    await this.#servers.ledgers.killServer();
    await sleep(downMs);
    await this.#servers.ledgers.heal();
  };

  readonly #killFleetDatabase = async (): Promise<void> => {
    await this.#servers.fleet.killServer('fleet database servers killed');
    await sleep(downMs);
    await this.#servers.fleet.heal();
  };

  readonly #silenceFleetDatabase = async (): Promise<void> => {
    const { link } = this.#machine();
    link.silence();
    count('links to the fleet database that fell silent');
    await sleep(silentMs);
    link.mend();
  };

  readonly #silenceLedgers = async (): Promise<void> => {
    this.#servers.ledgerLink.silence();
    count('links to the ledgers that fell silent');
    await sleep(silentMs);
    this.#servers.ledgerLink.mend();
  };

  /** Until it is over, Redox refuses every call for its rate. */
  readonly #storm = async (): Promise<void> => {
    for (const { standIn } of this.#fleet.sites) standIn.misbehave([{ kind: 'status', status: 429 }]);
    count('storms of 429');
    await sleep(stormMs);
    for (const { standIn } of this.#fleet.sites) standIn.misbehave(usualDelay);
  };

  /** A machine that is four minutes ahead or behind, so that Redox would refuse its nights, until its clock is set. */
  readonly #wrongClock = async (): Promise<void> => {
    const machine = this.#machine();
    machine.worker.stop();
    await machine.worker.ended;
    const shiftMs = this.#dice.pick([clockShiftMs, -clockShiftMs]);
    const preload = join(this.#fleet.folder, `clock${shiftMs}.mjs`);
    const program = join(import.meta.dirname, '../shifted-clock.ts');
    await writeFile(preload, `process.env.CHAOS_CLOCK_SHIFT_MS = '${shiftMs}';\nawait import('${program}');\n`);
    machine.worker = await this.#newWorker(machine.link, preload);
    count('workers of a fleet with a wrong clock');
    if (machine.worker.process.pid !== undefined) this.wrongClocks.push(machine.worker.process.pid);
    await sleep(wrongClockMs);
    machine.worker.stop();
    await machine.worker.ended;
    machine.worker = await this.#newWorker(machine.link);
  };
}

function childrenOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return children.trim().split(/\s+/).filter(Boolean).map(Number);
  } catch {
    // It has ended.
    return [];
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

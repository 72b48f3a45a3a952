/** What a worker looks at once a minute beside its nights: troubles of the fleet, alerts, the dead man's switch, metrics. */
import type { WorkerConfig } from '../../src/config/fleet/fleet-settings.ts';
import { changesInWords } from '../../src/decide/fleet/changes-in-words.ts';
import { type Trouble, troublesOf } from '../../src/decide/fleet/troubles.ts';
import { fleetMetrics, siteTexts, type SiteText } from '../../src/fleet/fleet-metrics.ts';
import type { FleetStore } from '../../src/fleet/fleet-store.ts';
import { type Outages, zonesInOutage } from '../../src/fleet/outages.ts';
import { usualPatience } from '../../src/health/alert/patience.ts';
import { ping, postJson } from '../../src/health/alert/post.ts';
import { serveMetrics } from '../../src/health/metrics/server.ts';
import type { JobContext } from '../frame/job.ts';

/** Changes of two minutes go into one message. */
const foldMs = 120_000;
/** After an hour without a start the switch is no longer held. */
const tooLateS = 3_600;

export class FleetWatch {
  readonly #context: Pick<JobContext, 'log'>;
  readonly #config: WorkerConfig;
  readonly #store: FleetStore;
  readonly #outages: Outages;
  #metrics: string | null = null;
  #ailment: string | null = 'The fleet database has not been read yet.';
  #saysNoReports = false;

  constructor(context: Pick<JobContext, 'log'>, config: WorkerConfig, store: FleetStore, outages: Outages) {
    this.#context = context;
    this.#config = config;
    this.#store = store;
    this.#outages = outages;
  }

  /** Serves /metrics and /healthz where METRICS_PORT says so; gives its close. */
  async serve(): Promise<() => Promise<void>> {
    const { metricsAddress } = this.#config;
    if (metricsAddress === null) return () => Promise.resolve();
    const server = await serveMetrics(metricsAddress, {
      metrics: () => this.#metrics,
      ailment: () => this.#ailment,
    });
    this.#context.log('metrics_served', { host: metricsAddress.host, port: server.port });
    return () => server.close();
  }

  noteAway(): void {
    this.#ailment = 'The fleet database is away; nothing new starts until it is back.';
  }

  /** `now` is of the fleet database's clock. `ailment`: why nothing new starts here. */
  async look(now: Date, ailment: string | null): Promise<void> {
    const { alertUrl, heartbeatUrl, reportDir } = this.#config;
    const queue = await this.#store.queue();
    const [sites, workers, addresses] = [
      await this.#store.sites(),
      await this.#store.workers(),
      await this.#store.addresses(),
    ];
    const outages = zonesInOutage(await this.#outages.all()).map(({ zone }) => zone);
    const view = { sites, workers, addresses, queue, outages, late: await this.#store.late() };
    this.#ailment = ailment;
    const troubles = troublesOf(view, now);
    if (this.#config.metricsAddress !== null) {
      this.#metrics = fleetMetrics({ ...view, troubles }, now, this.#siteTexts(reportDir));
    }
    await this.#store.noteTroubles(troubles);
    const oldestS = Math.max(0, ...queue.map(({ oldest_s }) => oldest_s ?? 0));
    if (heartbeatUrl !== null && ailment === null && oldestS <= tooLateS) await ping(heartbeatUrl, usualPatience);
    if (alertUrl !== null) await this.#alert(troubles);
  }

  #siteTexts(reportDir: string): SiteText[] {
    try {
      const texts = siteTexts(reportDir);
      this.#saysNoReports = false;
      return texts;
    } catch (error) {
      const { code = 'unknown error' } = error as NodeJS.ErrnoException;
      if (!this.#saysNoReports) this.#context.log('fleet_reports_unreadable', { code });
      this.#saysNoReports = true;
      return [];
    }
  }

  /** One worker takes all that is new; what cannot be sent is given back. */
  async #alert(troubles: readonly Trouble[]): Promise<void> {
    const { alertUrl } = this.#config;
    if (alertUrl === null) return;
    const changes = await this.#store.takeChanges(foldMs);
    if (changes.length === 0) return;
    const body = {
      text: `redox-reconcile fleet: ${changesInWords(changes)}`,
      changes: changes.map(({ subject, state, reason }) => ({ subject, state, reason })),
      troubles: troubles.map(({ reason, subject }) => ({ reason, subject })),
    };
    const failure = await postJson(alertUrl, body, usualPatience);
    if (failure === null) return;
    this.#context.log('fleet_alert_failed', { reason: failure });
    await this.#store.returnChanges(changes.map(({ change_id }) => change_id));
  }
}

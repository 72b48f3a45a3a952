/** Servers of a fleet that can be killed, and silent ways to them: one has the fleet's database, one all the ledgers. */
import { Secret } from '../../../../src/secret.ts';
import type { TestDatabase } from '../../../integration/support/database.ts';
import { LedgerServer } from '../ledger-server.ts';
import { Link } from '../link.ts';

export class FleetServers {
  readonly fleet: LedgerServer;
  readonly ledgers: LedgerServer;
  /** All ledgers are behind it. */
  readonly ledgerLink: Link;
  #made = 0;

  private constructor(fleet: LedgerServer, ledgers: LedgerServer, ledgerLink: Link) {
    this.fleet = fleet;
    this.ledgers = ledgers;
    this.ledgerLink = ledgerLink;
  }

  static async start(): Promise<FleetServers> {
    const [fleet, ledgers] = [await LedgerServer.start(), await LedgerServer.start()];
    // Of 50 ledgers with a night each: two or three sessions and what the killed ones have left.
    for (const server of [fleet, ledgers]) await server.ask("ALTER SYSTEM SET checkpoint_timeout = '30min'");
    return new FleetServers(fleet, ledgers, await Link.open(ledgers.port));
  }

  /** As `Fleet.open` asks for it. */
  readonly newDatabase = async (of: 'fleet' | 'ledger'): Promise<TestDatabase> => {
    const server = of === 'fleet' ? this.fleet : this.ledgers;
    const name = `${of}_${(this.#made += 1)}`;
    await server.ask(`CREATE DATABASE ${name} TEMPLATE template0 STRATEGY FILE_COPY`);
    const port = of === 'fleet' ? server.port : this.ledgerLink.port;
    // They go with their server.
    return { url: at(server.url, port, name), rename: () => Promise.resolve(), drop: () => Promise.resolve() };
  };

  async close(): Promise<void> {
    this.ledgerLink.cut();
    await this.fleet.close();
    await this.ledgers.close();
  }
}

export function at(url: Secret, port: number, database?: string): Secret {
  const changed = new URL(url.reveal());
  changed.port = String(port);
  if (database !== undefined) changed.pathname = `/${database}`;
  return new Secret(changed.href);
}

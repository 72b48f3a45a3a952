/**
 * The way of one machine to the ledger, which can be cut so that neither side hears of it: a relay in a network namespace, behind a link
 * that goes down. Where namespaces cannot be made, a proxy that swallows, and a server that notices when its keepalives would have.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { packageRoot } from '../../../src/package-root.ts';
import { Secret } from '../../../src/secret.ts';
import type { LedgerServer } from './ledger-server.ts';
import { SilentPath } from './silent-path.ts';

export interface MachineLink {
  readonly url: Secret;
  readonly kind: 'namespace' | 'proxy';
  cut(): Promise<void>;
  /** Gives a way that is whole. */
  mend(): Promise<void>;
  close(): void;
}

const ip = (...words: readonly string[]): Buffer => execFileSync('ip', words, { stdio: 'pipe' });

/** So many at once in this process. */
let links = 0;

/** Both machines of a site. */
export async function openLinks(
  ledger: LedgerServer,
  withNamespaces: boolean,
): Promise<readonly [MachineLink, MachineLink]> {
  links += 1;
  const network = `10.${204 + Math.floor(links / 200)}.${(process.pid + links) % 250}`;
  if (!withNamespaces || !canMakeNamespaces()) return [await ProxyLink.open(ledger), await ProxyLink.open(ledger)];
  const name = `pair${process.pid % 10_000}${links}`;
  const made = [
    new NamespaceLink(`${name}a`, `${network}.1`, `${network}.2`),
    new NamespaceLink(`${name}b`, `${network}.5`, `${network}.6`),
  ] as const;
  for (const link of made) link.make();
  await ledger.listenAt(made.map(({ address }) => address).join(','), `${network}.0/24`);
  for (const link of made) await link.start(ledger);
  return made;
}

function canMakeNamespaces(): boolean {
  const name = `try${process.pid % 100_000}`;
  try {
    ip('netns', 'add', name);
    ip('netns', 'del', name);
    return true;
  } catch {
    return false;
  }
}

const relayPort = 5432;

class NamespaceLink implements MachineLink {
  readonly kind = 'namespace';
  readonly #name: string;
  /** Of the ledger, and of the relay. */
  readonly address: string;
  readonly #relayAddress: string;
  #url = new Secret('');
  #relay: ChildProcess | null = null;

  constructor(name: string, address: string, relayAddress: string) {
    this.#name = name;
    this.address = address;
    this.#relayAddress = relayAddress;
  }

  get url(): Secret {
    return this.#url;
  }

  make(): void {
    const [name, peer] = [this.#name, `${this.#name}p`];
    ip('netns', 'add', name);
    ip('link', 'add', name, 'type', 'veth', 'peer', 'name', peer, 'netns', name);
    ip('addr', 'add', `${this.address}/30`, 'dev', name);
    ip('link', 'set', name, 'up');
    ip('-n', name, 'addr', 'add', `${this.#relayAddress}/30`, 'dev', peer);
    ip('-n', name, 'link', 'set', peer, 'up');
  }

  async start(ledger: LedgerServer): Promise<void> {
    const relay = join(packageRoot, 'test/chaos/support/relay.ts');
    const words = [this.#relayAddress, String(relayPort), this.address, String(ledger.port)];
    const program = [process.execPath, '--import', 'tsx', relay, ...words];
    this.#relay = spawn('ip', ['netns', 'exec', this.#name, ...program], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (this.#relay.stdout !== null) await once(this.#relay.stdout, 'data');
    const url = new URL(ledger.url.reveal());
    url.host = `${this.#relayAddress}:${relayPort}`;
    url.searchParams.set('sslmode', 'disable');
    this.#url = new Secret(url.href);
  }

  cut(): Promise<void> {
    ip('-n', this.#name, 'link', 'set', `${this.#name}p`, 'down');
    return Promise.resolve();
  }

  mend(): Promise<void> {
    ip('-n', this.#name, 'link', 'set', `${this.#name}p`, 'up');
    return Promise.resolve();
  }

  close(): void {
    this.#relay?.kill('SIGKILL');
    for (const words of [
      ['netns', 'del', this.#name],
      ['link', 'del', this.#name],
    ]) {
      try {
        ip(...words);
      } catch {
        // The link goes with the namespace.
      }
    }
  }
}

/** So long the keepalives take at most: vanished.test.ts measures them. */
const keepalivesMs = process.env['CHAOS_MINUTES'] === undefined ? 1_000 : 26_000;

class ProxyLink implements MachineLink {
  readonly kind = 'proxy';
  readonly #ledger: LedgerServer;
  #path: SilentPath;

  private constructor(ledger: LedgerServer, path: SilentPath) {
    this.#ledger = ledger;
    this.#path = path;
  }

  static async open(ledger: LedgerServer): Promise<ProxyLink> {
    return new ProxyLink(ledger, await SilentPath.open(ledger.url));
  }

  get url(): Secret {
    return this.#path.url;
  }

  async cut(): Promise<void> {
    this.#path.silence();
    const sessions = await this.#path.serverSessions(this.#ledger);
    setTimeout(() => {
      this.#ledger.endSessions(sessions).catch(() => undefined);
    }, keepalivesMs);
  }

  async mend(): Promise<void> {
    this.#path.close();
    this.#path = await SilentPath.open(this.#ledger.url);
  }

  close(): void {
    this.#path.close();
  }
}

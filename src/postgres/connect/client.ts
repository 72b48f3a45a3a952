import { Socket } from 'node:net';
import pg from 'pg';
import { UsageFault } from '../../fault.ts';
import type { Secret } from '../../secret.ts';
import { verifiedUrl } from './verified-url.ts';

const rawTypes: pg.CustomTypesConfig = { getTypeParser: () => (value: string) => value };
const parsedTypes = new pg.TypeOverrides();
// Counts and ids of ours stay far below 2^53.
parsedTypes.setTypeParser(pg.types.builtins.INT8, Number);

interface ClientOptions {
  readonly neighbour: string;
  /** True: every value arrives as the text that Postgres printed. */
  readonly rawText?: boolean;
}

export interface NewClient {
  readonly client: pg.Client;
  /** Closes the connection at once, whatever the server does. What waits for it fails; with the reason, where one is given. */
  readonly leave: (reason?: Error) => void;
}

/** The driver reads the files that a URL names here and now, and throws where one of them is not what it was when the settings were read. */
export function newClient(url: Secret, { neighbour, rawText = false }: ClientOptions): NewClient {
  // Ours, because pg can only end a connection with the server's help. Under TLS it wraps this one.
  const socket = new Socket();
  try {
    const client = new pg.Client({
      connectionString: verifiedUrl(url),
      application_name: 'redox-reconcile',
      connectionTimeoutMillis: 10_000,
      // A machine that vanished while it was asked says nothing, and the system's own probes begin after two hours.
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      types: rawText ? rawTypes : parsedTypes,
      stream: () => socket,
    });
    return { client, leave: (reason) => void socket.destroy(reason) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new UsageFault(
      `The URL of ${neighbour} cannot be used${code}; see that it is one, and that the files in its sslrootcert, sslcert and sslkey can be read.`,
      { cause: error },
    );
  }
}

/**
 * The process id that the server, or a pooler in its place, announced when it let us in. pg keeps it, and says so in no documentation:
 * where it no longer does this is null, and every server passes for a pooler in session mode.
 */
export const announcedProcess = (client: pg.Client): number | null =>
  'processID' in client && typeof client.processID === 'number' ? client.processID : null;

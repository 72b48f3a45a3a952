import { Socket } from 'node:net';
import pg from 'pg';
import { UsageFault } from '../../fault.ts';
import type { Secret } from '../../secret.ts';
import { verifiedUrl } from './verified-url.ts';

const asPrinted = (value: string): string => value;
const rawTypes: pg.CustomTypesConfig = { getTypeParser: () => asPrinted };
const parsedTypes = new pg.TypeOverrides();
// The counts and ids of the ledger are far below 2^53.
parsedTypes.setTypeParser(pg.types.builtins.INT8, Number);

interface ClientOptions {
  readonly neighbour: string;
  /** True: every value arrives as the text that Postgres printed. */
  readonly rawText?: boolean;
}

export interface NewClient {
  readonly client: pg.Client;
  /** Closes the connection at once, even if the server hangs. Pending work fails, with the reason if there is one. */
  readonly leave: (reason?: Error) => void;
  /** The bytes that came and went by this connection, in all. */
  readonly heard: () => number;
}

/**
 * Throws if a file named in the URL has changed since the settings were read, because the driver reads it again here.
 */
export function newClient(url: Secret, { neighbour, rawText = false }: ClientOptions): NewClient {
  // pg needs the server's help to end a connection, so the socket is created here. TLS wraps it.
  const socket = new Socket();
  try {
    const client = new pg.Client({
      connectionString: verifiedUrl(url),
      application_name: 'redox-reconcile',
      connectionTimeoutMillis: 10_000,
      // Detects a vanished machine while a query waits; the system's own probes begin after two hours.
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      types: rawText ? rawTypes : parsedTypes,
      stream: () => socket,
    });
    return {
      client,
      leave: (reason) => void socket.destroy(reason),
      heard: () => socket.bytesRead + socket.bytesWritten,
    };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new UsageFault(
      `The URL of ${neighbour} cannot be used${code}; see that it is one, and that the files in its sslrootcert, sslcert and sslkey can be read.`,
      { cause: error },
    );
  }
}

/**
 * The process id that the server, or a pooler before it, has announced. pg does not document the field. If pg drops it, the result is null,
 * and every server counts as a pooler in session mode.
 */
export const announcedProcess = (client: pg.Client): number | null =>
  'processID' in client && typeof client.processID === 'number' ? client.processID : null;

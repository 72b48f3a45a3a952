import { connect } from 'node:net';

/** What a server gave a session at its start, to name it by when its statement is to be cancelled. */
export interface BackendKey {
  readonly processID: number;
  readonly secretKey: number;
}

const cancelRequestCode = 80_877_102;
/** The server answers by closing the connection, at once. One that does not is not going to cancel either. */
const patienceMs = 1_000;

/**
 * Asks a server, on a connection of its own, to cancel what a session is at. Resolves when the server has heard it, or when it
 * is clear that it does not; never rejects. Unencrypted, as libpq sent it until Postgres 17: nothing in it but the key, which
 * serves for this alone. Source: PostgreSQL documentation, 53.2.8 "Canceling Requests in Progress" and CancelRequest in 53.7.
 */
export function requestCancel(
  { host, port }: { readonly host: string; readonly port: number },
  { processID, secretKey }: BackendKey,
): Promise<void> {
  const message = Buffer.alloc(16);
  message.writeInt32BE(16, 0);
  message.writeInt32BE(cancelRequestCode, 4);
  message.writeInt32BE(processID, 8);
  message.writeInt32BE(secretKey, 12);
  return new Promise((resolve) => {
    const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    socket.setTimeout(patienceMs, () => socket.destroy());
    // What goes wrong here leaves the statement as it is; whoever asked asks again.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve();
    });
    socket.resume();
    socket.write(message);
  });
}

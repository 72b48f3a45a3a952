/**
 * A connection for one request and its answer. HTTP/1.1 has no request ids: on a reused connection, a second answer to one request
 * would count as the answer to the next. Bytes that arrive before the request, or a good answer that begins before the whole request
 * has gone out, end the connection.
 */
import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';

export type Connector = buildConnector.connector;

/** How long a new connection is watched before a request: bytes that arrive earlier belong to no request. */
const silenceMs = 10;

/** Opens connections like the connector that it is given, each for one request. `reset: true` in the request makes it the only one. */
export const freshConnections =
  (connect: Connector): Connector =>
  (options, callback) => {
    openSilent(connect, options, (error, socket) => {
      if (error === null) callback(null, forOneAnswer(socket));
      else callback(error, null);
    });
  };

/** Connects, and listens. */
function openSilent(connect: Connector, ...[options, callback]: Parameters<Connector>): void {
  connect(options, (error, socket) => {
    if (error !== null) {
      callback(error, null);
      return;
    }
    const silence = watchSilence(socket);
    setTimeout(() => {
      // Bytes that have arrived are read before an immediate runs.
      setImmediate(() => {
        if (silence.end()) callback(null, socket);
        else callback(new UnaskedAnswer('the other side spoke, or left, before it was asked'), null);
      });
    }, silenceMs);
  });
}

class UnaskedAnswer extends Error {
  readonly code = 'UNASKED_ANSWER';
}

const signsOfLife = ['readable', 'end', 'close', 'error'] as const;

interface Silence {
  /** Ends the watch. True if the connection was silent; otherwise it is closed. */
  readonly end: () => boolean;
}

/** Closes the connection at the first sign of life. */
function watchSilence(socket: Socket, whenBroken: () => void = () => undefined): Silence {
  let isSilent = true;
  const onSign = (): void => {
    if (!isSilent) return;
    isSilent = false;
    socket.destroy();
    whenBroken();
  };
  for (const sign of signsOfLife) socket.on(sign, onSign);
  return {
    end: () => {
      // A connection that was closed may still say so.
      if (isSilent) for (const sign of signsOfLife) socket.off(sign, onSign);
      return isSilent;
    },
  };
}

/** More than that of interim answers in one piece is the parser's to refuse. */
const longestInterim = 16_384;
/** Without 101, which ends HTTP on the connection. */
const interim = /^HTTP\/1\.1 1(?!01)\d\d[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n/;
const interimBegun = /^HTTP\/1\.1 1(?!01)\d\d/;

/**
 * Reads ahead of undici until the answer begins. Takes out interim answers (RFC 9110 §15.2: a client must be able to read them, also
 * where it expects none), because undici takes "100 Continue" for a broken server.
 */
function forOneAnswer(socket: Socket): Socket {
  let head = '';
  const read = (): void => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    head = withoutInterim(head + chunk.toString('latin1'));
    const mayBeInterim = interimBegun.test(head) ? head.length < longestInterim : 'HTTP/1.1 100'.startsWith(head);
    if (mayBeInterim) return;
    socket.off('readable', read);
    socket.unshift(Buffer.from(head, 'latin1'));
    if (isEarly()) waitATurn();
  };
  const isEarly = (): boolean => /^HTTP\/1\.\d 2/.test(head) && socket.writableLength > 0;
  // An answer may arrive a moment before the socket reports that the whole request has gone out. Until then the answer and its end stay
  // unread.
  const waitATurn = (): void => {
    socket.read = () => null;
    setImmediate(() => {
      Reflect.deleteProperty(socket, 'read');
      if (isEarly()) socket.destroy(new EarlyAnswer('the answer began before all of the request had gone out'));
      else socket.emit('readable');
    });
  };
  socket.on('readable', read);
  return socket;
}

class EarlyAnswer extends Error {
  readonly code = 'EARLY_ANSWER';
}

function withoutInterim(text: string): string {
  let rest = text;
  for (let first = interim.exec(rest); first !== null; first = interim.exec(rest)) rest = rest.slice(first[0].length);
  return rest;
}

/** Servers close idle connections, and firewalls drop them. */
const lifeMs = 4_000;

interface SpareConnections {
  /** Opens connections like the given connector, plus one ahead for each. */
  readonly over: (connect: Connector) => Connector;
  readonly close: () => void;
}

/** Opens one connection ahead for each one taken, because every request needs a new one and should not wait for it. */
export function openSpareConnections(most: number): SpareConnections {
  const spares = new Map<Socket, () => boolean>();
  let [coming, isClosed] = [0, false];

  const openAhead = (connect: Connector, options: Parameters<Connector>[0]): void => {
    if (isClosed || spares.size + coming >= most) return;
    coming += 1;
    openSilent(connect, options, (error, socket) => {
      coming -= 1;
      // The next request meets the same failure, and reports it.
      if (error !== null) return;
      if (isClosed) socket.destroy();
      else keep(socket);
    });
  };
  const keep = (socket: Socket): void => {
    const silence = watchSilence(socket, () => spares.delete(socket));
    socket.setTimeout(lifeMs, () => socket.destroy());
    spares.set(socket, silence.end);
  };
  const take = (): Socket | null => {
    for (const [socket, isSilent] of spares) {
      spares.delete(socket);
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      if (isSilent()) return socket;
    }
    return null;
  };

  return {
    over: (connect) => (options, callback) => {
      const spare = take();
      if (spare !== null) {
        openAhead(connect, options);
        // undici expects the callback after its own call returned.
        queueMicrotask(() => {
          callback(null, forOneAnswer(spare));
        });
        return;
      }
      freshConnections(connect)(options, (...opened) => {
        if (opened[0] === null) openAhead(connect, options);
        callback(...opened);
      });
    },
    close: () => {
      isClosed = true;
      for (const socket of spares.keys()) socket.destroy();
    },
  };
}

import type { Socket } from 'node:net';
import {
  type Connector,
  forOneAnswer,
  freshConnections,
  openSilent,
  watchSilence,
} from '../network/fresh-connection.ts';

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

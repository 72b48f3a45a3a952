import type { Socket } from 'node:net';
import {
  type Connector,
  forOneAnswer,
  freshConnections,
  openSilent,
  watchSilence,
} from '../network/fresh-connection.ts';

/** A server closes a connection on which nothing comes in, and a firewall forgets it. */
const lifeMs = 4_000;

interface SpareConnections {
  /** Opens connections like the connector that it is given, and one more ahead with each. */
  readonly over: (connect: Connector) => Connector;
  readonly close: () => void;
}

/** Each request has a connection of its own, so one is opened ahead for each that is taken: no message waits until it is there. */
export function openSpareConnections(most: number): SpareConnections {
  const spares = new Map<Socket, () => boolean>();
  let [coming, isClosed] = [0, false];

  const openAhead = (connect: Connector, options: Parameters<Connector>[0]): void => {
    if (isClosed || spares.size + coming >= most) return;
    coming += 1;
    openSilent(connect, options, (error, socket) => {
      coming -= 1;
      // The next request that needs one meets the same trouble, and says so.
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
        // undici counts on hearing of it later than it asked.
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

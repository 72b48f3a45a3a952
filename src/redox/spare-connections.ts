import type { Socket } from 'node:net';
import { type Connector, forOneAnswer, openSilent, watchSilence } from '../fresh-connection.ts';

/** A server closes a connection on which nothing comes in, and a firewall forgets it. */
const lifeMs = 4_000;

interface SpareConnections {
  readonly connect: Connector;
  readonly close: () => void;
}

/** Each request has a connection of its own, so one is opened ahead for each that is taken: no message waits until it is there. */
export function openSpareConnections(connect: Connector, most: number): SpareConnections {
  const spares = new Map<Socket, () => boolean>();
  let [coming, isClosed] = [0, false];

  const openAhead = (options: Parameters<Connector>[0]): void => {
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
    connect: (options, callback) => {
      const spare = take();
      if (spare !== null) {
        openAhead(options);
        // undici counts on hearing of it later than it asked.
        queueMicrotask(() => {
          callback(null, forOneAnswer(spare));
        });
        return;
      }
      openSilent(connect, options, (error, socket) => {
        if (error !== null) {
          callback(error, null);
          return;
        }
        openAhead(options);
        callback(null, forOneAnswer(socket));
      });
    },
    close: () => {
      isClosed = true;
      for (const socket of spares.keys()) socket.destroy();
    },
  };
}

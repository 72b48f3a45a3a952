import { Fault, NeighbourFault, StoppedFault, UsageFault } from '../../fault.ts';
import type { Secret } from '../../secret.ts';
import { whereIs } from './database-address.ts';
import type { Greeting } from './greeting.ts';
import { isOfKind, type ServerKind, serverKindOf, serversOf } from '../../network/server-list.ts';

/** Throws if the server that answered is excluded by the URL. */
export type Choose = (greeting: Greeting) => void;

/** Opens something on the first server of a URL that accepts the connection and has the requested kind. */
export async function onFirstServer<T>(
  url: Secret,
  neighbour: string,
  open: (server: Secret, choose: Choose) => Promise<T>,
): Promise<T> {
  const servers = serversOf(url);
  const kind = serverKindOf(url) ?? 'any';
  const [only] = servers;
  if (servers.length === 1 && only !== undefined && kind === 'any') return open(only, () => undefined);
  const refusals: Fault[] = [];
  // `prefer-standby` accepts any server if there is no standby.
  for (const asked of kind === 'prefer-standby' ? (['standby', 'any'] as const) : [kind]) {
    refusals.length = 0;
    for (const server of servers) {
      try {
        return await open(server, chooser(asked, server, neighbour));
      } catch (error) {
        if (!(error instanceof Fault) || error instanceof StoppedFault) throw error;
        refusals.push(error);
      }
    }
  }
  throw noneWillDo(refusals, neighbour, kind);
}

const chooser =
  (kind: ServerKind, server: Secret, neighbour: string): Choose =>
  (greeting) => {
    if (isOfKind(kind, greeting)) return;
    const { isStandby, isReadOnly } = greeting;
    const what = `a ${isStandby ? 'standby' : 'primary'}, and ${isStandby || isReadOnly ? 'read-only' : 'takes writes'}`;
    throw new NeighbourFault(`${neighbour} at ${whereIs(server)} is ${what}.`);
  };

function noneWillDo(refusals: readonly Fault[], neighbour: string, kind: ServerKind): Fault {
  const list = refusals.map(({ message }) => `\n- ${message}`).join('');
  const text = `No server of ${neighbour} is suitable (target_session_attrs=${kind}):${list}`;
  const cause = refusals[0];
  return refusals.every((one) => one instanceof UsageFault)
    ? new UsageFault(text, { cause })
    : new NeighbourFault(text, { cause });
}

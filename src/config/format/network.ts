/** Common environment names that the program also reads: proxies, and those that Node reads itself. */
import { proxyFor, wayOutBy, type WayOut } from '../../network/way-out.ts';
import type { SettingDoubt } from '../file/env-file.ts';
import type { Layer } from './sources.ts';

/** The environment wins over the env file, with any of the names. */
export const wayOutOf = (layers: readonly Layer[]): WayOut =>
  wayOutBy((names) => {
    for (const { variables, origin } of layers) {
      const name = names.find((one) => (variables[one] ?? '') !== '');
      if (name !== undefined) {
        return { name: origin === 'environment' ? name : `${name} (${origin})`, text: variables[name] ?? '' };
      }
    }
    return null;
  });

/** What is wrong with the proxy on the way to an address; null where nothing is, or where the way is straight. */
export function proxyFault(address: string, layers: readonly Layer[]): string | null {
  const proxy = proxyFor(address, wayOutOf(layers));
  return typeof proxy === 'string' ? proxy : null;
}

/** Node reads these when it starts, which is before any file of ours is read. */
const readByNode = ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'NODE_TLS_REJECT_UNAUTHORIZED', 'SSL_CERT_FILE', 'TZ'];

export function processDoubts(layers: readonly Layer[]): SettingDoubt[] {
  const [own, file] = layers;
  if (own === undefined || file === undefined) return [];
  return readByNode.flatMap((name) => {
    const isIdle = (file.variables[name] ?? '') !== '' && own.variables[name] !== file.variables[name];
    const says = `it has no effect in ${file.origin}, because Node reads it at its start; set it in the environment`;
    return isIdle ? [{ name, says }] : [];
  });
}

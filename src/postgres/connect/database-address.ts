import type { Secret } from '../../secret.ts';
import { serversOf } from '../../network/server-list.ts';

/** Host, port and database of a URL, without user and password; of several servers each. */
export const whereIs = (url: Secret): string => serversOf(url).map(placeOf).join(', ');

function placeOf(url: Secret): string {
  if (!URL.canParse(url.reveal())) return 'the given URL';
  const { hostname, port, pathname } = new URL(url.reveal());
  return `${hostname}${port === '' ? '' : `:${port}`}${pathname}`;
}

/** True where two URLs name one database by the same words; two names of one server are not seen through. */
export function namesSameDatabase(one: Secret, other: Secret): boolean {
  const names = serversOf(one).map(nameOf);
  return serversOf(other).some((server) => {
    const name = nameOf(server);
    return name !== null && names.includes(name);
  });
}

function nameOf(url: Secret): string | null {
  if (!URL.canParse(url.reveal())) return null;
  const { hostname, port, pathname } = new URL(url.reveal());
  return [hostname.toLowerCase(), port === '' ? '5432' : port, pathname].join(' ');
}

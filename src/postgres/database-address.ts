import type { Secret } from '../core/secret.ts';

/** Host, port and database of a URL, without user and password. */
export function whereIs(url: Secret): string {
  if (!URL.canParse(url.reveal())) return 'the given URL';
  const { hostname, port, pathname } = new URL(url.reveal());
  return `${hostname}${port === '' ? '' : `:${port}`}${pathname}`;
}

/** True where two URLs name one database by the same words; two names of one server are not seen through. */
export function namesSameDatabase(one: Secret, other: Secret): boolean {
  if (![one, other].every((url) => URL.canParse(url.reveal()))) return false;
  const [a, b] = [one, other].map((url) => {
    const { hostname, port, pathname } = new URL(url.reveal());
    return [hostname.toLowerCase(), port === '' ? '5432' : port, pathname].join(' ');
  });
  return a === b;
}

import { Secret } from '../secret.ts';

/** The role that a connection needs from its server (libpq's target_session_attrs). */
export const serverKinds = ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'] as const;
export type ServerKind = (typeof serverKinds)[number];

const isServerKind = (text: string): text is ServerKind => serverKinds.some((kind) => kind === text);

/**
 * The servers in a URL, each as its own URL: libpq's `postgres://u:p@h1:5432,h2:5433/db` or `?host=h1,h2&port=…`. The
 * driver accepts a single host. Source: PostgreSQL documentation, 32.1.1.3 "Specifying Multiple Hosts".
 */
export function serversOf(url: Secret): readonly Secret[] {
  const text = url.reveal();
  const [, before = '', authority = '', after = ''] = /^(\w+:\/\/(?:[^/?#]*@)?)([^/?#@]*)([^]*)$/.exec(text) ?? [];
  const named = parameter(after, 'host');
  if (named.includes(',')) {
    const ports = parameter(after, 'port').split(',');
    return named.split(',').map((host, index) => {
      const port = ports[index] ?? (ports.length === 1 ? ports[0] : undefined);
      return new Secret(`${before}${authority}${replaced(replaced(after, 'host', host), 'port', port ?? '')}`);
    });
  }
  if (!authority.includes(',')) return [url];
  return authority.split(',').map((host) => new Secret(`${before}${host}${after}`));
}

/** The URL's target_session_attrs; null for an unknown word. */
export function serverKindOf(url: Secret): ServerKind | null {
  const kind = parameter(url.reveal(), 'target_session_attrs');
  return kind === '' ? 'any' : isServerKind(kind) ? kind : null;
}

/** The last value wins. */
function parameter(text: string, name: string): string {
  const [, query = ''] = /\?([^#]*)/.exec(text) ?? [];
  return new URLSearchParams(query).getAll(name).at(-1) ?? '';
}

const replaced = (text: string, name: string, value: string): string =>
  text.replaceAll(
    new RegExp(`([?&]${name}=)[^&#]*`, 'g'),
    (_, start: string) => `${start}${encodeURIComponent(value)}`,
  );

/** Does a server satisfy the requested kind? For `prefer-standby` any server does; the caller tries the standbys first. */
export function isOfKind(
  kind: ServerKind,
  { isStandby, isReadOnly }: { readonly isStandby: boolean; readonly isReadOnly: boolean },
): boolean {
  switch (kind) {
    case 'any':
    case 'prefer-standby':
      return true;
    case 'read-write':
      return !isStandby && !isReadOnly;
    case 'read-only':
      return isStandby || isReadOnly;
    case 'primary':
      return !isStandby;
    case 'standby':
      return isStandby;
  }
}

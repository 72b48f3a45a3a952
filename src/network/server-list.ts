import { Secret } from '../secret.ts';

/** Which server of several a URL means, by libpq's names. */
export const serverKinds = ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'] as const;
export type ServerKind = (typeof serverKinds)[number];

const isServerKind = (text: string): text is ServerKind => serverKinds.some((kind) => kind === text);

/**
 * The servers that a URL names, each by a URL of its own: `postgres://u:p@h1:5432,h2:5433/db` as libpq has it, or `?host=h1,h2&port=…`.
 * The driver takes one host. Source: PostgreSQL documentation, 32.1.1.3 "Specifying Multiple Hosts".
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

/** What its target_session_attrs says; null where that is none of the words that there are. */
export function serverKindOf(url: Secret): ServerKind | null {
  const kind = parameter(url.reveal(), 'target_session_attrs');
  return kind === '' ? 'any' : isServerKind(kind) ? kind : null;
}

/** What stands last is what counts. */
function parameter(text: string, name: string): string {
  const [, query = ''] = /\?([^#]*)/.exec(text) ?? [];
  return new URLSearchParams(query).getAll(name).at(-1) ?? '';
}

const replaced = (text: string, name: string, value: string): string =>
  text.replaceAll(
    new RegExp(`([?&]${name}=)[^&#]*`, 'g'),
    (_, start: string) => `${start}${encodeURIComponent(value)}`,
  );

/** Does a server, by what it says of itself, do for what is asked? `prefer-standby` is for who asks all of them. */
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

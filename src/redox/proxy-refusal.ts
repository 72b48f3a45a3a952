import type { Proxy } from '../network/way-out.ts';

/** A proxy's refusal and its remedy; null for other failures. */
export function proxyRefusal(errorCode: string, { name, host, authorization }: Proxy, target: string): string | null {
  const [, status] = /^PROXY_(\d{3})$/.exec(errorCode) ?? [];
  if (status === undefined) return null;
  const sentence = `the proxy ${host} answered HTTP ${status}`;
  if (status === '407') {
    return authorization === null
      ? `${sentence}: it requires a user and a password. Put them into ${name}, as http://<user>:<password>@${host}.`
      : `${sentence}: it rejects the user and the password in ${name}. Correct them there.`;
  }
  if (status === '403' || status === '401' || status === '405') {
    return `${sentence}: it does not let this machine through to ${target}. Have its administrator allow that, or list the host in NO_PROXY.`;
  }
  return `${sentence}: it cannot reach ${target}. Ask its administrator, or correct ${name}; the next start continues.`;
}

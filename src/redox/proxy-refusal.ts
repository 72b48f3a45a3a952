import type { Proxy } from '../network/way-out.ts';

/** A proxy's refusal and its remedy; null for other failures. */
export function proxyRefusal(errorCode: string, { name, host, authorization }: Proxy, target: string): string | null {
  const [, status] = /^PROXY_(\d{3})$/.exec(errorCode) ?? [];
  if (status === undefined) return null;
  const sentence = `the proxy ${host} answered HTTP ${status}`;
  if (status === '407') {
    return authorization === null
      ? `${sentence}: it asks for a user and a password. Put them into ${name}, as http://<user>:<password>@${host}.`
      : `${sentence}: it does not take the user and the password that ${name} gives. Correct them there.`;
  }
  if (status === '403' || status === '401' || status === '405') {
    return `${sentence}: it lets nobody, or not this machine, through to ${target}. Have its keeper allow that, or except the host in NO_PROXY.`;
  }
  return `${sentence}: it does not get through to ${target}. Ask its keeper, or correct ${name}; the next start goes on.`;
}

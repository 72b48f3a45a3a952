import { describe, expect, test } from 'vitest';
import { type Proxy, proxyFor, wayOutOfEnvironment } from '../../../src/network/way-out.ts';

const redox = 'https://api.redoxengine.com';

const proxyOf = (environment: Readonly<Record<string, string>>, address = redox): Proxy | string | null =>
  proxyFor(address, wayOutOfEnvironment(environment));

/** What the proxy is told of user and password. */
function credentialsOf(proxy: Proxy | string | null): string | null {
  if (proxy === null || typeof proxy === 'string' || proxy.authorization === null) return null;
  return Buffer.from(proxy.authorization.reveal().replace('Basic ', ''), 'base64').toString();
}

describe('HTTPS_PROXY', () => {
  test.each([
    ['proxy.example:3128', 'http://proxy.example:3128', 'proxy.example:3128'],
    ['http://proxy.example:3128/', 'http://proxy.example:3128', 'proxy.example:3128'],
    ['https://proxy.example', 'https://proxy.example', 'proxy.example:443'],
    ['10.0.0.7', 'http://10.0.0.7', '10.0.0.7:80'],
    ['http://[fd00::1]:8080', 'http://[fd00::1]:8080', '[fd00::1]:8080'],
    ['HTTP://Proxy.Example:3128', 'http://proxy.example:3128', 'proxy.example:3128'],
  ])('%s is the proxy %s', (text, origin, host) => {
    expect(proxyOf({ HTTPS_PROXY: text })).toEqual({ name: 'HTTPS_PROXY', origin, host, authorization: null });
  });

  test.each([
    ['http://user:p#ss@proxy.example:3128', 'user:p#ss'],
    ['http://user:p@ss@proxy.example:3128', 'user:p@ss'],
    ['http://user:p%40s%23s@proxy.example:3128', 'user:p@s#s'],
    ['user:p/a?s:s@proxy.example:3128', 'user:p/a?s:s'],
    ['http://user:100%@proxy.example:3128', 'user:100%'],
    ['http://user:%E9@proxy.example:3128', 'user:%E9'],
    ['http://CLINIC\\user:pw@proxy.example:3128', 'CLINIC\\user:pw'],
    ['http://user@proxy.example:3128', 'user:'],
  ])('%s gives its user and password, with any characters', (text, credentials) => {
    const proxy = proxyOf({ HTTPS_PROXY: text });
    expect(proxy).toMatchObject({ host: 'proxy.example:3128' });
    expect(credentialsOf(proxy)).toBe(credentials);
  });

  test.each([
    ['socks5://user:hush@proxy.example:1080', 'SOCKS'],
    ['socks4a://proxy.example:1080', 'SOCKS'],
    ['socks://proxy.example', 'SOCKS'],
    ['ftp://proxy.example', 'starts with ftp:'],
    ['http:/proxy.example:3128', 'no host and port'],
    ['http://', 'no host and port'],
    ['http://proxy.example:99999', 'no host and port'],
    ['http://proxy.example:0', 'port 0'],
    ['http://proxy.example:3128/hush', 'no host and port'],
    ['"http://user:hush@proxy.example:3128"', 'quotes'],
    ['http://user:hush@', 'no host and port'],
    ['on', null],
  ])('%s is refused by name, without its password', (text, why) => {
    const fault = proxyOf({ https_proxy: text });
    if (why === null) expect(fault).toMatchObject({ host: 'on:80' });
    else {
      expect(fault).toMatch(/^https_proxy has an invalid value \(not shown\): it .*; expected http:\/\/<host>:<port>/);
      expect(fault).toContain(why);
    }
    expect(fault).not.toContain('hush');
  });
});

test.each([
  [{ https_proxy: 'a:1', HTTPS_PROXY: 'b:2', ALL_PROXY: 'c:3' }, 'https_proxy'],
  [{ https_proxy: '', HTTPS_PROXY: 'b:2', all_proxy: 'c:3' }, 'HTTPS_PROXY'],
  [{ ALL_PROXY: 'c:3' }, 'ALL_PROXY'],
  [{ all_proxy: 'c:3' }, 'all_proxy'],
])('of %o curl takes %s, and so does the job', (environment, name) => {
  expect(proxyOf(environment)).toMatchObject({ name });
});

test('plain text goes only to this machine, and HTTP_PROXY is ignored', () => {
  expect(proxyOf({ HTTPS_PROXY: 'a:1', ALL_PROXY: 'a:1' }, 'http://127.0.0.1:8787')).toBeNull();
  expect(proxyOf({ HTTP_PROXY: 'a:1' })).toBeNull();
});

test.each([
  ['*', true],
  ['api.redoxengine.com', true],
  ['redoxengine.com', true],
  ['.redoxengine.com', true],
  ['*.redoxengine.com', true],
  ['localhost, .RedoxEngine.com 10.0.0.1', true],
  ['api.redoxengine.com:443', true],
  ['api.redoxengine.com:8443', false],
  ['engine.com', false],
  ['api.redoxengine.co', false],
  ['localhost,127.0.0.1,::1', false],
  ['', false],
])('NO_PROXY=%s excepts Redox: %s', (exceptions, isExcepted) => {
  expect(proxyOf({ HTTPS_PROXY: 'a:1', NO_PROXY: exceptions }) === null).toBe(isExcepted);
  expect(proxyOf({ HTTPS_PROXY: 'a:1', no_proxy: exceptions }) === null).toBe(isExcepted);
});

test('an address in numbers is excepted by itself', () => {
  expect(proxyOf({ HTTPS_PROXY: 'a:1', NO_PROXY: '10.0.0.1,[fd00::1]' }, 'https://10.0.0.1:8443')).toBeNull();
  expect(proxyOf({ HTTPS_PROXY: 'a:1', NO_PROXY: 'fd00::1' }, 'https://[fd00::1]')).toBeNull();
});

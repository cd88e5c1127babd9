import { describe, expect, test } from 'bun:test';
import { parseNetwork } from '../network/network.ts';
import { createOriginReader, type Origin } from './origin.ts';

const proxies = ['10.0.0.0/8', 'fd00::/8'].map(parseNetwork).filter((network) => network !== undefined);
const read = createOriginReader({ trustedProxies: proxies, plainOnlyFromProxies: false });

function origin(peer: string, headers: Readonly<Record<string, string>>): string {
  const seen: Origin = { remoteAddress: peer, scheme: 'http', host: 'inside:5000' };
  const { remoteAddress, scheme, host } = read?.(seen, (name) => headers[name]) ?? seen;
  return `${remoteAddress} ${scheme}://${host}`;
}

type Case = [what: string, peer: string, headers: Readonly<Record<string, string>>, expected: string];

describe('X-Forwarded-*', () => {
  test.each<Case>([
    ['nothing said', '10.0.0.1', {}, '10.0.0.1 http://inside:5000'],
    ['one proxy', '10.0.0.1', { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'r.example' }, '192.0.2.7 https://r.example'],
    [
      'a stranger says it',
      '192.0.2.9',
      { 'x-forwarded-for': '10.0.0.1', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' },
      '192.0.2.9 http://inside:5000',
    ],
    ['loopback is a stranger unless named', '127.0.0.1', { 'x-forwarded-for': '192.0.2.7' }, '127.0.0.1 http://inside:5000'],
    ['the client made up the left part', '10.0.0.1', { 'x-forwarded-for': '10.9.9.9, 198.51.100.1, 192.0.2.7' }, '192.0.2.7 http://inside:5000'],
    ['two proxies', '10.0.0.1', { 'x-forwarded-for': '198.51.100.1, 192.0.2.7, 10.0.0.2' }, '192.0.2.7 http://inside:5000'],
    ['proxies all the way', '10.0.0.1', { 'x-forwarded-for': '10.0.0.3, 10.0.0.2' }, '10.0.0.3 http://inside:5000'],
    [
      'two proxies that append the scheme',
      '10.0.0.1',
      { 'x-forwarded-for': '192.0.2.7, 10.0.0.2', 'x-forwarded-proto': 'https, http' },
      '192.0.2.7 https://inside:5000',
    ],
    [
      'a scheme that the client put in front',
      '10.0.0.1',
      { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https, http' },
      '192.0.2.7 http://inside:5000',
    ],
    ['IPv6', '::ffff:10.0.0.1', { 'x-forwarded-for': '2001:db8::1' }, '2001:db8::1 http://inside:5000'],
    ['an IPv6 proxy', 'fd00::1', { 'x-forwarded-for': '[2001:db8::1]:4711' }, '2001:db8::1 http://inside:5000'],
    ['with a port', '10.0.0.1', { 'x-forwarded-for': '192.0.2.7:4711' }, '192.0.2.7 http://inside:5000'],
    ['a mapped proxy in the list', '10.0.0.1', { 'x-forwarded-for': '192.0.2.7, ::ffff:10.0.0.2' }, '192.0.2.7 http://inside:5000'],
    ['what is no address ends it', '10.0.0.1', { 'x-forwarded-for': '192.0.2.7, unknown, 10.0.0.2' }, '10.0.0.2 http://inside:5000'],
    ['nonsense at its end', '10.0.0.1', { 'x-forwarded-for': '192.0.2.7, <script>' }, '10.0.0.1 http://inside:5000'],
    ['an empty one', '10.0.0.1', { 'x-forwarded-for': '' }, '10.0.0.1 http://inside:5000'],
    ['a scheme that is none', '10.0.0.1', { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'javascript' }, '192.0.2.7 http://inside:5000'],
    [
      'a host that would split a header',
      '10.0.0.1',
      { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-host': 'a\r\nset-cookie: x' },
      '192.0.2.7 http://inside:5000',
    ],
    ['a host with a path', '10.0.0.1', { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-host': 'a.example/b' }, '192.0.2.7 http://inside:5000'],
    ['a host with userinfo', '10.0.0.1', { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-host': 'a@b.example' }, '192.0.2.7 http://inside:5000'],
    ['a host with quotes', '10.0.0.1', { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-host': 'a",service="b' }, '192.0.2.7 http://inside:5000'],
    ['a host with a port', '10.0.0.1', { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-host': 'r.example:8443' }, '192.0.2.7 http://r.example:8443'],
    ['an IPv6 host', '10.0.0.1', { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-host': '[2001:db8::5]:443' }, '192.0.2.7 http://[2001:db8::5]:443'],
    ['too long to be read', '10.0.0.1', { 'x-forwarded-for': '192.0.2.7, '.repeat(400) }, '10.0.0.1 http://inside:5000'],
  ])('%s', (_, peer, headers, expected) => {
    expect(origin(peer, headers)).toBe(expected);
  });
});

describe('Forwarded', () => {
  test.each<Case>([
    ['all three', '10.0.0.1', { forwarded: 'for=192.0.2.7;proto=https;host=r.example' }, '192.0.2.7 https://r.example'],
    ['it counts before X-Forwarded-For', '10.0.0.1', { forwarded: 'for=192.0.2.7', 'x-forwarded-for': '198.51.100.1' }, '192.0.2.7 http://inside:5000'],
    [
      'two proxies',
      '10.0.0.1',
      { forwarded: 'for=198.51.100.1;host=evil.example, for="[2001:db8::1]:99";proto=https;host=r.example, for=10.0.0.2;proto=http' },
      '2001:db8::1 https://r.example',
    ],
    ['a hidden client', '10.0.0.1', { forwarded: 'for=_hidden;proto=https' }, '10.0.0.1 http://inside:5000'],
    [
      'malformed: nothing in it is believed, nor beside it',
      '10.0.0.1',
      { forwarded: 'for=192.0.2.7;;proto="https', 'x-forwarded-for': '198.51.100.1' },
      '10.0.0.1 http://inside:5000',
    ],
    ['a stranger says it', '192.0.2.9', { forwarded: 'for=10.0.0.1;proto=https' }, '192.0.2.9 http://inside:5000'],
  ])('%s', (_, peer, headers, expected) => {
    expect(origin(peer, headers)).toBe(expected);
  });
});

test('without proxies and rules there is nothing to read', () => {
  expect(createOriginReader({ trustedProxies: [], plainOnlyFromProxies: false })).toBeUndefined();
});

test.each([
  ['10.0.0.1', 'http', true],
  ['127.0.0.1', 'http', true],
  ['::1', 'http', true],
  ['::ffff:127.0.0.1', 'http', true],
  ['192.0.2.9', 'http', false],
  ['', 'http', false],
  ['192.0.2.9', 'https', true],
] as const)('plain HTTP only from proxies: %s over %s is served: %p', (remoteAddress, scheme, isServed) => {
  const strict = createOriginReader({ trustedProxies: proxies, plainOnlyFromProxies: true });
  const ask = () => strict?.({ remoteAddress, scheme, host: 'x' }, () => undefined);
  if (isServed) expect(ask()?.scheme).toBe(scheme);
  else expect(ask).toThrow(expect.objectContaining({ code: 'DENIED' }));
});

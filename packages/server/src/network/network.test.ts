import { expect, test } from 'bun:test';
import { parseNetwork } from './network.ts';

test.each<[string, string, boolean]>([
  ['10.0.0.0/8', '10.255.0.1', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['10.0.0.0/8', '::ffff:10.0.0.1', true],
  ['192.0.2.7', '192.0.2.7', true],
  ['192.0.2.7', '192.0.2.8', false],
  ['0.0.0.0/0', '203.0.113.1', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['fd00::/8', 'fd12:3456::1', true],
  ['fd00::/8', 'fe80::1', false],
  ['::1', '::1', true],
  ['10.0.0.0/8', 'local', false],
  ['10.0.0.0/8', '', false],
])('%s contains %s: %p', (network, address, contains) => {
  expect(parseNetwork(network)?.contains(address)).toBe(contains);
});

test.each(['', '10.0.0.0/33', '10.0.0/8', 'fd00::/129', '10.0.0.0/8/8', '10.0.0.0/-1', '10.0.0.0/', 'example.org', 'fe80::1%eth0'])(
  '%j is no network',
  (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  },
);

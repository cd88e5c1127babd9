import { expect, test } from 'bun:test';
import { networkOf } from './subscriber.ts';

test('one subscriber is one network', () => {
  expect(['192.0.2.1', '::ffff:192.0.2.1', '2001:db8::1', '2001:db8:0:0:a::'].map(networkOf)).toEqual([
    '192.0.2.1',
    '192.0.2.1',
    '2001:db8:0:0::/64',
    '2001:db8:0:0::/64',
  ]);
});

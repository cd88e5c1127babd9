import { expect, test } from 'bun:test';
import { isLoopback } from './loopback.ts';

test.each(['127.0.0.1', '127.9.9.9', '::1', '[::1]', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', 'localhost', 'LocalHost'])('%s is this computer', (host) => {
  expect(isLoopback(host)).toBe(true);
});

test.each(['', '128.0.0.1', '0.0.0.0', '::', '::2', '10.0.0.1', '127.0.0.1.evil.example', 'localhost.evil.example', '127.1', '[127.0.0.1', '1::1'])(
  '%j is not',
  (host) => {
    expect(isLoopback(host)).toBe(false);
  },
);

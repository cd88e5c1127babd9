import { expect, test } from 'bun:test';
import { clamdAddress } from './clamd-address.ts';

test.each([
  ['none', undefined],
  ['tcp://clamav.internal:3310', { kind: 'tcp', host: 'clamav.internal', port: 3310 }],
  ['tcp://[::1]:3310/', { kind: 'tcp', host: '::1', port: 3310 }],
  ['unix:/run/clamav/clamd.ctl', { kind: 'unix', path: '/run/clamav/clamd.ctl' }],
  ['unix:///run/clamd', { kind: 'unix', path: '/run/clamd' }],
] as const)('%s', (written, expected) => {
  expect(clamdAddress().parse(written)).toEqual(expected as never);
});

test.each(['clamav:3310', 'tcp://clamav', 'tcp://clamav:0', 'tcp://clamav:99999', 'unix:run', 'http://clamav:3310', 'tcp://a@b:1'])(
  '%s is refused',
  (written) => {
    expect(clamdAddress().safeParse(written).success).toBe(false);
  },
);

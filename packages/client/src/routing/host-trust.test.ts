import { describe, expect, test } from 'bun:test';
import { createHostTrust, type Lookup } from './host-trust.ts';

const nowhere: Lookup = () => Promise.reject(new Error('no such host'));
const answers =
  (...addresses: string[]): Lookup =>
  () =>
    Promise.resolve(addresses);

describe('who may be spoken with in the clear', () => {
  test.each([
    ['localhost:5000', [], nowhere, true],
    ['LOCALHOST', [], nowhere, true],
    ['registry.localhost:5000', [], nowhere, true],
    ['127.0.0.1:5000', [], nowhere, true],
    ['127.9.9.9', [], nowhere, true],
    ['[::1]:5000', [], nowhere, true],
    ['128.0.0.1', [], nowhere, false],
    ['localhost.evil.test', [], answers('203.0.113.9'), false],
    ['127.0.0.1.evil.test', [], answers('203.0.113.9'), false],
    ['registry.local:5000', [], answers('127.0.0.1'), true],
    ['registry.local:5000', [], answers('172.17.0.1'), false],
    ['registry.local:5000', [], nowhere, false],
    ['registry.local:5000', ['registry.local:5000'], nowhere, true],
    ['registry.local:5000', ['registry.local'], nowhere, true],
    ['registry.local:5001', ['registry.local:5000'], nowhere, false],
    ['10.1.2.3:5000', ['10.0.0.0/8'], nowhere, true],
    ['11.1.2.3:5000', ['10.0.0.0/8'], nowhere, false],
    ['named:5000', ['10.0.0.0/8'], answers('10.9.9.9'), true],
    ['[fd00::5]:5000', ['fd00::/8'], nowhere, true],
    ['[fe00::5]:5000', ['fd00::/8'], nowhere, false],
    ['docker.io', ['docker.io', '0.0.0.0/0'], answers('127.0.0.1'), false],
    ['registry-1.docker.io', ['0.0.0.0/0'], answers('1.2.3.4'), false],
  ] as const)('%s with %j', async (host, insecure, lookup, expected) => {
    expect(await createHostTrust(insecure, lookup).isInsecure(host)).toBe(expected);
  });
});

describe('who is this machine, whatever is allowed', () => {
  test.each([
    ['localhost:5000', nowhere, true],
    ['127.0.0.2:5000', nowhere, true],
    ['[::1]:5000', nowhere, true],
    ['10.0.0.1:5000', nowhere, false],
    ['registry.local:5000', answers('127.0.0.1', '::1'), true],
    ['registry.local:5000', answers('127.0.0.1', '10.0.0.1'), false],
    ['registry.local:5000', nowhere, false],
  ] as const)('%s', async (host, lookup, expected) => {
    expect(await createHostTrust(['10.0.0.0/8', 'registry.local:5000'], lookup).isLocal(host)).toBe(expected);
  });
});

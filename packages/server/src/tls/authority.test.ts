import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Authority, openAuthority } from './authority.ts';

const dayMs = 86_400e3;
let folder: string;
let now: number;
let names: string[];
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'naru-authority-')), 'tls');
  now = Date.UTC(2026, 0, 1);
  names = ['localhost', '127.0.0.1', '::1', 'registry.example.com'];
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));
const openIt = (): Promise<Authority> => openAuthority({ folder, listNames: () => names, now: () => now });

describe('the first time', () => {
  test('an authority and a certificate from it, for its owner only', async () => {
    const { ca, caFile, current, fingerprint } = await openIt();
    const [authority, server] = [new X509Certificate(ca), new X509Certificate(current.cert)];
    expect(authority.ca).toBe(true);
    expect(server.ca).toBe(false);
    expect(server.verify(authority.publicKey)).toBe(true);
    expect(server.checkIssued(authority)).toBe(true);
    expect(['localhost', 'registry.example.com', 'evil.example'].map((name) => server.checkHost(name) !== undefined)).toEqual([true, true, false]);
    expect(['127.0.0.1', '::1', '10.0.0.1'].map((address) => server.checkIP(address) !== undefined)).toEqual([true, true, false]);
    expect(fingerprint).toBe(authority.fingerprint256);
    expect(readFileSync(caFile, 'utf8')).toBe(ca);
    for (const file of ['authority.pem', 'server.pem', 'ca.crt']) expect(statSync(join(folder, file)).mode & 0o077).toBe(0);
    expect(statSync(folder).mode & 0o077).toBe(0);
  });
});

describe('the next time', () => {
  test('the same ones', async () => {
    const first = await openIt();
    const second = await openIt();
    expect([second.ca, second.current]).toEqual([first.ca, first.current]);
  });

  test('a name more: another certificate, the same authority', async () => {
    const first = await openIt();
    names.push('new.example.com');
    const second = await openIt();
    expect(second.ca).toBe(first.ca);
    expect(second.current.names).toContain('DNS:new.example.com');
  });

  test('what was cut, mixed up or deleted of the server’s certificate is made again', async () => {
    const first = await openIt();
    const file = join(folder, 'server.pem');
    for (const broken of ['', 'nonsense', first.current.cert, first.current.key, readFileSync(join(folder, 'authority.pem'), 'utf8').slice(0, 300)]) {
      writeFileSync(file, broken);
      const next = await openIt();
      expect(next.ca).toBe(first.ca);
      expect(new X509Certificate(next.current.cert).verify(new X509Certificate(first.ca).publicKey)).toBe(true);
    }
  });

  test('a broken authority is not replaced behind the back of those who trust it', async () => {
    await openIt();
    writeFileSync(join(folder, 'authority.pem'), 'nonsense');
    expect(openIt()).rejects.toThrow(/authority\.pem holds no certificate.*Restore .* from a backup; or delete it/);
  });
});

describe('renewal', () => {
  test('when a third of its life is left, and not before', async () => {
    const authority = await openIt();
    const first = authority.current;
    now += 59 * dayMs;
    expect(await authority.renew()).toBeUndefined();
    now += 2 * dayMs;
    const renewed = await authority.renew();
    expect(renewed?.expiresAt).toBe(now + 90 * dayMs);
    expect(authority.current).toBe(renewed ?? first);
    expect(renewed?.key).not.toBe(first.key);
    expect((await openIt()).current).toEqual(authority.current);
  });

  test('when the computer has another address', async () => {
    const authority = await openIt();
    names = [...names, '10.0.0.7'];
    expect((await authority.renew())?.names).toContain('10.0.0.7');
    expect(await authority.renew()).toBeUndefined();
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogFields } from '../runtime/log.ts';
import { silentLog } from '../runtime/log.ts';
import { openAuthority } from './authority.ts';
import { parseKeyPair, type WrittenPair } from './key-pair.ts';
import { openKeyPairFiles } from './key-pair-files.ts';

const start = Date.UTC(2026, 0, 1);
const dayMs = 86_400e3;
let folder: string;
let one: WrittenPair;
let two: WrittenPair;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'naru-pair-'));
  const make = async (name: string) => (await openAuthority({ folder: join(folder, name), listNames: () => ['localhost'], now: () => start })).current;
  one = await make('one');
  two = await make('two');
});
afterAll(() => rmSync(folder, { recursive: true }));

const encrypted = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n';

describe('a pair that cannot be used says why, in one line', () => {
  test.each<[string, () => WrittenPair, number, RegExp]>([
    ['no certificate', () => ({ cert: 'hello', key: one.key }), 0, /^c\.pem holds no certificate: it should be PEM/],
    ['the key in its place', () => ({ cert: one.key, key: one.cert }), 0, /^c\.pem holds no certificate/],
    ['no key', () => ({ cert: one.cert, key: 'hello' }), 0, /^k\.pem holds no private key/],
    ['a broken certificate', () => ({ cert: one.cert.replace(/^M.{20}/m, ''), key: one.key }), 0, /^certificate 1 in c\.pem cannot be read/],
    ['half a file', () => ({ cert: one.cert.slice(0, 200), key: one.key }), 0, /^c\.pem holds no certificate/],
    ['a key with a passphrase', () => ({ cert: one.cert, key: encrypted }), 0, /^the key in k\.pem has a passphrase/],
    ['not a pair', () => ({ cert: one.cert, key: two.key }), 0, /^the key in k\.pem does not belong to the first certificate in c\.pem/],
    ['a chain in the wrong order', () => ({ cert: two.cert + one.cert, key: one.key }), 0, /^the key in k\.pem does not belong to the first certificate/],
    ['expired', () => one, 91 * dayMs, /^the certificate in c\.pem expired on .*: get a new one$/],
  ])('%s', (_, written, later, message) => {
    const parse = () => parseKeyPair(written(), { files: { cert: 'c.pem', key: 'k.pem' }, now: start + later });
    expect(parse).toThrow(message);
    expect(parse).toThrow(/^[^\n]*$/);
  });
});

test('files are taken up when both have changed, and what is broken is told once and changes nothing', () => {
  const files = { cert: join(folder, 'c.pem'), key: join(folder, 'k.pem') };
  const write = ({ cert, key }: Partial<WrittenPair>): void => {
    if (cert !== undefined) writeFileSync(files.cert, cert);
    if (key !== undefined) writeFileSync(files.key, key);
  };
  const errors: (LogFields | undefined)[] = [];
  write(one);
  const pair = openKeyPairFiles({ files, now: () => start, log: { ...silentLog, error: (_, fields) => void errors.push(fields) } });
  expect(pair.reload()).toBeUndefined();
  write({ cert: two.cert });
  expect([pair.reload(), pair.reload(), pair.current.cert]).toEqual([undefined, undefined, one.cert]);
  expect(errors).toEqual([{ reason: expect.stringContaining('does not belong to') }]);
  write({ key: two.key });
  expect(pair.reload()?.cert).toBe(two.cert);
  rmSync(files.key);
  expect([pair.reload(), errors.length, pair.current.key]).toEqual([undefined, 2, two.key]);
  write({ key: two.key });
  expect([pair.reload(), errors.length]).toEqual([undefined, 2]);
  write(one);
  expect(pair.reload()?.cert).toBe(one.cert);
  expect(readFileSync(files.cert, 'utf8')).toBe(pair.current.cert);
});

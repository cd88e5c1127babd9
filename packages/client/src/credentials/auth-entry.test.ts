import { expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Credential } from '../remote/credential.ts';
import { readAuthEntry, usernameIn, writeAuthEntry } from './auth-entry.ts';

test('what was written is read', () => {
  const username = fc.string({ minLength: 1, maxLength: 20 }).filter((name) => !name.includes(':'));
  const password = fc.string({ maxLength: 20 }).filter((text) => !text.endsWith('\0'));
  fc.assert(
    fc.property(username, password, (name, secret) => {
      const credential: Credential = { kind: 'password', username: name, password: secret };
      expect(readAuthEntry(writeAuthEntry(credential, name))).toEqual(credential);
      expect(usernameIn(writeAuthEntry(credential, name))).toBe(name);
    }),
  );
});

test('as Docker writes them', () => {
  expect(writeAuthEntry({ kind: 'password', username: 'alice', password: 's3:cret' }, 'alice')).toEqual({ auth: 'YWxpY2U6czM6Y3JldA==' });
  expect(writeAuthEntry({ kind: 'identity-token', token: 'id' }, 'alice')).toEqual({ auth: 'YWxpY2U6', identitytoken: 'id' });
});

test.each([
  [{ auth: 'YWxpY2U6czM6Y3JldA==' }, { kind: 'password', username: 'alice', password: 's3:cret' }],
  [{ auth: 'YWxpY2U6eAAA' }, { kind: 'password', username: 'alice', password: 'x' }],
  [
    { auth: 'YWxpY2U6', identitytoken: 'id' },
    { kind: 'identity-token', token: 'id' },
  ],
  [{ registrytoken: 'r' }, { kind: 'registry-token', token: 'r' }],
  [
    { username: 'a', password: 'b' },
    { kind: 'password', username: 'a', password: 'b' },
  ],
  [{}, undefined],
  [null, undefined],
  ['text', undefined],
  [{ auth: 'not base64 at all' }, undefined],
  [{ auth: 7 }, undefined],
] as const)('%j', (entry, expected) => {
  expect(readAuthEntry(entry)).toEqual(expected as Credential | undefined);
});

import { expect, test } from 'bun:test';
import { RegistryError } from '@naru/oci/registry-error';
import type { ExternalIdentity, User } from '../metadata/identity/port.ts';
import { directoryIssuer } from './ldap/directory-sign-in.ts';
import { createProveAgain } from './prove-again.ts';

const now = 1_700_000_000_000;
const fresh = now - 10 * 60_000;

test.each([
  ['a password of ours', { hash: 'of right' }, 'right', undefined, ''],
  ['a wrong one', { hash: 'of right' }, 'wrong', now, 'this is not your password'],
  ['none, where there is one', { hash: 'of right' }, undefined, now, 'this is not your password'],
  ['the directory’s', { issuer: directoryIssuer }, 'there', undefined, ''],
  ['not the directory’s', { issuer: directoryIssuer }, 'wrong', now, 'this is not your password'],
  ['the directory’s, where an administrator gave one of ours', { hash: 'of right', issuer: directoryIssuer }, 'there', undefined, ''],
  ['no password at all, and a log-in of a moment ago', { issuer: 'https://login.example.com' }, undefined, fresh, ''],
  ['an old session', { issuer: 'https://login.example.com' }, undefined, fresh - 1, 'log in again: this needs a log-in of the last ten minutes'],
  ['an access token', { issuer: 'https://login.example.com' }, '', undefined, 'log in again: this needs a log-in of the last ten minutes'],
])('%s', async (_, { hash, issuer }: { hash?: string; issuer?: string }, password, since, refusal) => {
  const outcomes: string[] = [];
  const noted: unknown[] = [];
  const proveAgain = createProveAgain({
    rows: {
      users: { get: async () => ({ id: 'k', name: 'kim', ...(hash !== undefined && { passwordHash: hash }) }) as User } as never,
      externals: { listOf: async () => (issuer === undefined ? [] : [{ issuer, subject: 's' } satisfies ExternalIdentity]) } as never,
    },
    passwords: { hash: async (given) => `of ${given}`, verify: async (given, stored) => ({ ok: stored === `of ${given}`, needsRehash: false }) },
    throttle: { begin: async () => ({ [Symbol.dispose]: () => undefined }), end: async (_attempt, outcome) => void outcomes.push(outcome) },
    directory: { prove: async () => undefined, isPasswordOf: async (id, given) => id === 'k' && given === 'there' },
    noteRefused: ({ account, by }) => void noted.push({ account, by }),
    clock: { now: () => now },
  });
  const credential = { kind: 'session', ...(since !== undefined && { since }) } as const;
  const failure = await proveAgain('k', password, { credential, address: '' }).then(
    () => '',
    (error: unknown) => (error instanceof RegistryError && error.code === 'DENIED' ? error.message : String(error)),
  );
  expect(failure).toBe(refusal);
  expect(noted).toEqual(refusal === 'this is not your password' ? [{ account: 'kim', by: 'password' }] : []);
  // Guesses are counted where there is something to guess.
  expect(outcomes).toEqual(hash === undefined && issuer !== directoryIssuer ? [] : [refusal === '' ? 'succeeded' : 'failed']);
});

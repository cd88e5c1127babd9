/** What the black-box tests cannot make: tokens that our own key signed and that are not good all the same. */
import { expect, test } from 'bun:test';
import { type JWTPayload, SignJWT } from 'jose';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { SigningKey } from '../metadata/identity/port.ts';
import { createRegistryTokens, tokenLifetimeSeconds } from './registry-token.ts';
import { createSigningKeys } from './signing-keys.ts';

test('a token says what it was issued for, until its time is over', async () => {
  const { tokens, clock } = open();
  const { token } = await tokens.issue({
    subject: { kind: 'user', id: 'kim', credentialId: 'c' },
    repositories: new Map([['kim/app' as RepositoryName, ['pull' as const]]]),
    catalog: false,
  });
  expect(await tokens.verify(token)).toMatchObject({ subject: { kind: 'user', id: 'kim', credentialId: 'c' }, catalog: false });
  // Another replica's clock may be behind.
  clock.time -= 25_000;
  expect(await codeOf(tokens.verify(token))).toBeUndefined();
  clock.time += 25_000 + tokenLifetimeSeconds * 1000 - 1001;
  expect(await codeOf(tokens.verify(token))).toBeUndefined();
  clock.time += 1001;
  expect(await codeOf(tokens.verify(token))).toBe('UNAUTHORIZED');
});

test('one for another audience, of another issuer, without an end, or not yet good is none', async () => {
  const { tokens, keys, clock } = open();
  const now = Math.floor(clock.time / 1000);
  const { id: kid, key } = await keys.current();
  const sign = (claims: JWTPayload, header = {}) => new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid, typ: 'JWT', ...header }).sign(key);
  const good = { iss: 'naru', aud: 'naru', sub: 'user:kim', iat: now, exp: now + 60, access: [] };
  expect(await codeOf(tokens.verify(await sign(good)))).toBeUndefined();
  const { exp: _exp, ...endless } = good;
  const { sub: _sub, ...nobodys } = good;
  const bad = [
    { ...good, aud: 'another' },
    { ...good, aud: 'naru-passkey' },
    { ...good, iss: 'another' },
    endless,
    nobodys,
    { ...good, nbf: now + 60 },
    { ...good, exp: now },
  ];
  for (const claims of bad) expect({ claims, code: await codeOf(tokens.verify(await sign(claims))) }).toEqual({ claims, code: 'UNAUTHORIZED' });
  for (const header of [{ kid: 'unknown' }, { kid: '' }, { typ: 'at+jwt' }]) expect(await codeOf(tokens.verify(await sign(good, header)))).toBe('UNAUTHORIZED');
});

function open() {
  const clock = { time: 1_700_000_000_000, now: () => clock.time };
  let kept: SigningKey[] = [];
  const keys = createSigningKeys(
    {
      list: async () => kept,
      async rotate({ id, privateJwk, createdAt }) {
        kept = [{ id, privateJwk, createdAt }, ...kept];
      },
    },
    clock,
  );
  return { clock, keys, tokens: createRegistryTokens(keys, clock) };
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: { code: string }) => error.code,
  );
}

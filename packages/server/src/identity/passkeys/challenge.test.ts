import { expect, test } from 'bun:test';
import type { SigningKey } from '../../metadata/identity/port.ts';
import { createSigningKeys } from '../signing-keys.ts';
import { challengeSeconds, createChallenges } from './challenge.ts';

test('a challenge is good for its purpose, for five minutes, and once', async () => {
  const { challenges, clock } = open();
  const { challenge, sealed } = await challenges.issue('register kim s1');
  expect(await challenges.open(sealed, 'register kim s1')).toBe(challenge);
  for (const purpose of ['sign-in', 'register kim s2', 'register lee s1'] as const) {
    expect(await codeOf(challenges.open(sealed, purpose))).toBe('REQUEST_INVALID');
  }
  clock.time += challengeSeconds * 1000 - 1001;
  expect(await challenges.open(sealed, 'register kim s1')).toBe(challenge);
  clock.time += 1001;
  expect(await codeOf(challenges.open(sealed, 'register kim s1'))).toBe('REQUEST_INVALID');
  await challenges.use(challenge);
  expect(await codeOf(challenges.use(challenge))).toBe('REQUEST_INVALID');
});

test('a seal that is not ours is none', async () => {
  const { challenges } = open();
  const { sealed } = await open().challenges.issue('sign-in');
  const [head = '', payload = ''] = sealed.split('.');
  for (const forged of [undefined, '', 'x', sealed, `${head}.${payload}.`]) expect(await codeOf(challenges.open(forged, 'sign-in'))).toBe('REQUEST_INVALID');
});

function open() {
  const clock = { time: 1_700_000_000_000, now: () => clock.time };
  let kept: SigningKey[] = [];
  const keyRows = {
    list: async () => kept,
    async rotate({ id, privateJwk, createdAt }: SigningKey) {
      kept = [{ id, privateJwk, createdAt }, ...kept];
    },
  };
  const used: string[] = [];
  const rows = { count: async ({ key }: { key: string }) => used.push(key) };
  return { clock, challenges: createChallenges({ keys: createSigningKeys(keyRows, clock), rows, clock }) };
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: { code: string }) => error.code,
  );
}

import { expect, test } from 'bun:test';
import { createPasswordHasher } from './password-hasher.ts';

test('nobody’s password is worked on as long as somebody’s', async () => {
  const passwords = createPasswordHasher({ atOnceMax: 1, waitingMax: 10 });
  const hash = await passwords.hash('tall grass 95');
  const cost = async (of: string | undefined) => {
    const before = process.cpuUsage();
    for (let times = 0; times < 4; times++) expect((await passwords.verify('wrong', of)).ok).toBe(false);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  const known = await cost(hash);
  const unknown = await cost(undefined);
  // CPU, and not the clock. An answer without the work would take a thousandth.
  expect(unknown).toBeGreaterThan(known / 3);
  expect(unknown).toBeLessThan(known * 3);
});

test('who would wait behind too many is told to come back', async () => {
  const passwords = createPasswordHasher({ atOnceMax: 1, waitingMax: 1 });
  const results = await Promise.allSettled([1, 2, 3].map(() => passwords.verify('x', undefined)));
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
});

import { expect, test } from 'bun:test';
import { isRegistryError } from '@naru/oci/registry-error';
import { createUserRules, signUpsPerHourMax } from './users.ts';

test('so many accounts an hour come from one network, also where no mail limits them', async () => {
  const clock = { time: 0, now: () => clock.time };
  const counts = new Map<string, { count: number; until: number }>();
  const attempts = {
    async count({ key, at, windowMs }: { key: string; at: number; windowMs: number }) {
      const open = counts.get(key);
      const next = open !== undefined && open.until > at ? { ...open, count: open.count + 1 } : { count: 1, until: at + windowMs };
      counts.set(key, next);
      return next.count;
    },
  };
  const passwords = { hash: async () => '', verify: async () => ({ ok: false, needsRehash: false }) };
  const rules = createUserRules({ rows: { attempts } as never, passwords, clock });
  const outcome = (address: string) =>
    rules.countSignUp(address).then(
      () => 'counted',
      (error: unknown) => (isRegistryError(error) ? error.code : error),
    );
  for (let at = 0; at < signUpsPerHourMax; at++) expect(await outcome(`2001:db8::${at}`)).toBe('counted');
  expect(await outcome('2001:db8::ffff')).toBe('TOO_MANY_REQUESTS');
  expect(await outcome('2001:db8:0:1::1')).toBe('counted');
  clock.time += 3600e3;
  expect(await outcome('2001:db8::ffff')).toBe('counted');
});

import { expect, test } from 'bun:test';
import type { AuditEntry } from '../../metadata/identity/port.ts';
import { silentLog } from '../../runtime/log.ts';
import { keepEveryMs } from './gathered-entries.ts';
import { comesBackWithinMs, createRefusalAudit, perHourMax, perNetworkMax, writtenEveryMs } from './refusal-audit.ts';
import type { RefusedRequest } from './refused.ts';

const pull: RefusedRequest = { address: '192.0.2.1', action: 'pull', repository: 'acme/app', tag: 'v1', code: 'ACCESS_REFUSED', isChallenge: false };

test('what is refused again within a minute is one entry with a count', async () => {
  const { audit, entries, pass } = open();
  const kim = { ...pull, caller: { actor: 'kim', credential: 'token:a' } };
  for (let at = 0; at < 500; at++) audit.request(kim);
  audit.request({ ...kim, address: '192.0.2.2' });
  audit.request({ ...kim, action: 'push' });
  audit.signIn({ account: 'kim', address: '192.0.2.1', by: 'password', reason: 'wrong' });
  audit.signIn({ address: '192.0.2.1', by: 'password', reason: 'wrong' });
  expect(entries).toEqual([]);
  await pass(writtenEveryMs);
  const common = { at: 0, actor: 'kim', credential: 'token:a', namespace: 'acme', repository: 'acme/app', tag: 'v1' };
  expect(entries).toEqual([
    { ...common, action: 'pull.refused', address: '192.0.2.1', digest: 'sha256:one', detail: { code: 'ACCESS_REFUSED', times: 500 } },
    { ...common, action: 'pull.refused', address: '192.0.2.2', digest: 'sha256:one', detail: { code: 'ACCESS_REFUSED', times: 1 } },
    { ...common, action: 'push.refused', address: '192.0.2.1', detail: { code: 'ACCESS_REFUSED', times: 1 } },
    { at: 0, action: 'sign-in.refused', actor: 'kim', namespace: 'kim', address: '192.0.2.1', detail: { by: 'password', reason: 'wrong', times: 1 } },
    { at: 0, action: 'sign-in.refused', actor: 'anonymous', address: '192.0.2.1', detail: { by: 'password', reason: 'wrong', times: 1 } },
  ]);
  audit.request(kim);
  await pass(writtenEveryMs);
  expect(entries.slice(5).map(({ at, detail }) => [at, detail?.['times']])).toEqual([[writtenEveryMs, 1]]);
});

test('an entry that began with a layer names the image that was asked for with it', async () => {
  const { audit, entries } = open();
  const { tag: _tag, ...untagged } = pull;
  audit.request({ ...untagged, blob: 'sha256:layer' });
  audit.request({ ...pull, tag: 'v1' });
  audit.request({ ...pull, tag: 'v2' });
  await audit.flush();
  expect(entries.map(({ tag, digest, detail }) => ({ tag, digest, detail }))).toEqual([
    { tag: 'v1', digest: 'sha256:one', detail: { code: 'ACCESS_REFUSED', blob: 'sha256:layer', times: 3 } },
  ]);
});

test('who is asked for a token and comes back with one was not refused; who does not, was', async () => {
  const { audit, entries, pass } = open();
  const challenged = { ...pull, isChallenge: true };
  audit.request(challenged);
  audit.request({ ...challenged, repository: 'acme/other' });
  audit.request({ ...challenged, address: '192.0.2.9' });
  audit.cameBack('192.0.2.1', ['acme/app', 'acme/unknown']);
  await pass(comesBackWithinMs - 1);
  await audit.flush();
  expect(entries).toEqual([]);
  await pass(1);
  await audit.flush();
  expect(entries.map(({ address, repository }) => `${address} ${repository}`)).toEqual(['192.0.2.1 acme/other', '192.0.2.9 acme/app']);
});

test('a network that asks for everything has a few entries a minute, however much it asks for', async () => {
  const { audit, entries, pass } = open();
  for (let at = 0; at < 5000; at++) audit.request({ ...pull, address: `2001:db8::${(at % 9) + 1}`, repository: `acme/app-${at}` });
  audit.request({ ...pull, repository: 'acme/elsewhere' });
  await pass(writtenEveryMs);
  expect(entries.filter(({ actor }) => actor === 'anonymous')).toHaveLength(perNetworkMax + 1);
  expect(entries.filter(({ actor }) => actor === '*')).toEqual([
    { at: 0, action: 'pull.refused', actor: '*', address: '2001:db8:0:0::/64', detail: { times: 5000 - perNetworkMax } },
  ]);
  expect(entries.at(-1)).toMatchObject({ repository: 'acme/elsewhere' });
  audit.request(pull);
  await pass(writtenEveryMs);
  expect(entries.at(-1)).toMatchObject({ at: writtenEveryMs, actor: 'anonymous', repository: 'acme/app' });
});

test('many networks together have so many an hour', async () => {
  const { audit, entries, pass } = open();
  const flood = () => {
    for (let at = 0; at < 400; at++) audit.request({ ...pull, address: `198.51.${at >> 8}.${at & 255}` });
  };
  for (let minute = 0; minute < 59; minute++) {
    flood();
    await pass(writtenEveryMs);
  }
  const together = entries.filter(({ address }) => address === '*');
  expect(entries.length - together.length).toBe(perHourMax);
  expect(together.reduce((times, { detail }) => times + Number(detail?.['times']), 0)).toBe(59 * 400 - perHourMax);
  expect(together.length).toBeLessThanOrEqual(59);
  await pass(writtenEveryMs);
  flood();
  await pass(writtenEveryMs);
  expect(entries.filter(({ address }) => address !== '*')).toHaveLength(perHourMax + 400);
});

test('what is new is kept at once, and how often it was a second later, until it is written', async () => {
  const { audit, entries, left, pass } = open();
  const { tag: _tag, ...untagged } = pull;
  const kept = (times: number, image = {}) => ({ action: 'pull.refused', tag: undefined, digest: undefined, times, ...image });
  audit.request(untagged);
  await pass(0);
  expect(left()).toEqual([kept(1)]);
  for (let at = 0; at < 9; at++) audit.request(pull);
  audit.request({ ...pull, action: 'push' });
  audit.request({ ...pull, repository: 'acme/other', isChallenge: true });
  await pass(0);
  const named = { tag: 'v1', digest: 'sha256:one' };
  const pushed = { action: 'push.refused', tag: 'v1', digest: undefined, times: 1 };
  expect(left()).toEqual([kept(10, named), pushed]);
  audit.request(pull);
  await pass(0);
  expect(left()).toEqual([kept(10, named), pushed]);
  await pass(keepEveryMs);
  expect(left()).toEqual([kept(11, named), pushed]);
  expect(entries).toEqual([]);
  audit.request(pull);
  const written = audit.flush();
  audit.request(pull);
  await written;
  await pass(0);
  expect(entries.map(({ detail }) => detail?.['times'])).toEqual([12, 1]);
  expect(left()).toEqual([kept(1, named)]);
});

test('what is gathered is written when the server ends', async () => {
  const { audit, entries } = open();
  audit.request(pull);
  await audit[Symbol.asyncDispose]();
  expect(entries).toHaveLength(1);
});

function open() {
  const clock = { time: 0, now: () => clock.time };
  const timers: { ms: number; work: () => void }[] = [];
  const entries: AuditEntry[] = [];
  const kept = new Map<string, AuditEntry>();
  const audit = createRefusalAudit({
    rows: {
      async keep(gathered) {
        for (const { id, entry, times } of gathered) kept.set(id, { ...entry, detail: { ...entry.detail, times } });
      },
      async appendGathered(gathered) {
        for (const { id } of gathered) kept.delete(id);
        entries.push(...gathered.map(({ entry, counted, times }) => ({ ...entry, detail: { ...entry.detail, [counted]: times } })));
      },
    },
    findDigest: async (repository, tag) => (repository === 'acme/app' && tag === 'v1' ? 'sha256:one' : undefined),
    clock,
    log: silentLog,
    every(ms, work) {
      timers.push({ ms, work });
      return { [Symbol.dispose]: () => undefined };
    },
  });
  return {
    audit,
    entries,
    /** What a killed process would leave. */
    left: () => [...kept.values()].map(({ action, tag, digest, detail }) => ({ action, tag, digest, times: detail?.['times'] })),
    /** The time that passes is no longer than until the next writing. */
    async pass(ms: number) {
      const before = clock.time;
      clock.time += ms;
      for (const { ms: period, work } of timers) if (Math.floor(before / period) !== Math.floor(clock.time / period)) work();
      // What is written is completed first.
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

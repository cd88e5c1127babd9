import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandTarget } from './command-target.ts';
import { openForwards } from './forward/forwards.ts';
import type { Wish } from './target.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'naru-command-'));
});
afterAll(() => rm(folder, { recursive: true }));

const never = new AbortController().signal;
const wish = (release: number): Wish => ({ instance: '', release, digest: `sha256:${String(release).repeat(64)}`, tag: `v${release}` });

test('the command is called for each release, for the one before when it fails, and again by the next agent', async () => {
  const calls = join(folder, 'calls');
  await writeFile(calls, '');
  const open = () =>
    commandTarget({
      command: ['/bin/sh', '-c', `echo "$NARU_ACTION $NARU_TAG $NARU_IMAGE" >> ${calls}; if [ "$NARU_TAG" = v2 ]; then echo no room >&2; exit 7; fi`],
      image: 'registry.example/app',
      forwards: openForwards({ folder, command: ['/bin/false'], surroundings: { now: () => 0, sleep: () => Promise.resolve(), random: () => 0 } }),
      surroundings: { PATH: '/usr/bin:/bin' },
      timeoutMs: 10_000,
    });
  const target = open();
  await target.serve(wish(1), await target.start(wish(1), never));
  expect(await open().findServing('')).toEqual(wish(1));
  expect(await open().start(wish(2), never).catch(String)).toBe('TargetError: the command ended with 7: no room');
  expect(await open().findServing('')).toEqual(wish(1));
  await open().tidy('', undefined);
  expect(await open().listInstances()).toEqual([]);
  const image = (release: number) => `v${release} registry.example/app@${wish(release).digest}`;
  expect((await readFile(calls, 'utf8')).split('\n')).toEqual([`deploy ${image(1)}`, `deploy ${image(2)}`, `deploy ${image(1)}`, 'remove  ', '']);
});

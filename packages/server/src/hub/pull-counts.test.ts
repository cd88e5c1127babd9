import { expect, test } from 'bun:test';
import { parseDigest } from '@naru/oci/digest';
import { mediaTypes } from '@naru/oci/media-type';
import { parseRepositoryName, parseTag } from '@naru/oci/repository-name';
import type { GatheredPulls } from '../metadata/hub-port.ts';
import { silentLog } from '../runtime/log.ts';
import { createPullCounts, type ServedManifest } from './pull-counts.ts';

const repository = parseRepositoryName('team/app');
const digest = (letter: string) => parseDigest(`sha256:${letter.repeat(64)}`);
const [index, child, other] = [digest('1'), digest('2'), digest('3')];
const tag = parseTag('1.0');
const kim = { name: 'kim', address: '10.0.0.1' };
const get: ServedManifest = { caller: kim, method: 'GET', repository, digest: child, mediaType: mediaTypes.ociManifest };
const getIndex: ServedManifest = { ...get, digest: index, mediaType: mediaTypes.ociIndex };

async function counted(served: readonly ServedManifest[], between: () => Promise<void> = async () => {}): Promise<Record<string, number>> {
  const added: GatheredPulls[] = [];
  const counts = createPullCounts({
    rows: { add: async (gathered) => void added.push(...gathered) },
    clock: { now: () => 1 },
    log: silentLog,
    every: () => ({ [Symbol.dispose]: () => {} }),
  });
  for (const one of served) {
    counts.record(one);
    await between();
  }
  await counts[Symbol.asyncDispose]();
  const sums: Record<string, number> = {};
  for (const { tag: of = '', pulls } of added) sums[of] = (sums[of] ?? 0) + pulls;
  return sums;
}

test('an index and the image out of it are one pull, of the tag that was looked at', async () => {
  expect(await counted([{ ...getIndex, tag }, get])).toEqual({ '1.0': 1 });
  expect(await counted([{ ...getIndex, method: 'HEAD', tag }, getIndex, get])).toEqual({ '1.0': 1 });
  expect(await counted([getIndex, get])).toEqual({ '': 1 });
});

test('images by themselves count each time, by tag and by digest', async () => {
  expect(await counted([{ ...get, tag }, { ...get, tag }, get, { ...get, digest: other }])).toEqual({ '1.0': 2, '': 2 });
  expect(await counted([{ ...get, method: 'HEAD', tag }, get])).toEqual({ '1.0': 1 });
});

test('looking is no pull', async () => {
  expect(
    await counted([
      { ...get, method: 'HEAD', tag },
      { ...get, method: 'HEAD' },
    ]),
  ).toEqual({});
});

test('two tags at the same time', async () => {
  const two = parseTag('2.0');
  const head = { ...get, method: 'HEAD' };
  expect(await counted([{ ...head, tag }, { ...head, tag: two, digest: other }, get, { ...get, digest: other }])).toEqual({ '1.0': 1, '2.0': 1 });
});

test('others’ images are not taken for a part of it', async () => {
  expect(await counted([getIndex, { ...get, caller: { ...kim, address: '10.0.0.2' } }, { ...get, repository: parseRepositoryName('team/web') }])).toEqual({
    '': 3,
  });
});

test('writing in between takes nothing apart and loses nothing', async () => {
  const added: GatheredPulls[] = [];
  const counts = createPullCounts({
    rows: { add: async (gathered) => void added.push(...gathered) },
    clock: { now: () => 1 },
    log: silentLog,
    every: () => ({ [Symbol.dispose]: () => {} }),
  });
  counts.record({ ...getIndex, tag });
  await counts.flush();
  counts.record(get);
  await counts.flush();
  expect(added).toEqual([{ repository, tag, pulls: 1, at: 1 }]);
  for (let n = 0; n < 5000; n++) counts.record({ ...get, tag: parseTag(`t${n}`), caller: { ...kim, address: `${n}` } });
  await counts[Symbol.asyncDispose]();
  expect(added.reduce((sum, { pulls }) => sum + pulls, 0)).toBe(5001);
});

test('a writing that fails stops nobody', async () => {
  const counts = createPullCounts({
    rows: { add: async () => Promise.reject(new Error('no')) },
    clock: { now: () => 1 },
    log: silentLog,
    every: () => ({ [Symbol.dispose]: () => {} }),
  });
  counts.record(get);
  await counts.flush();
  counts.record(get);
  await counts[Symbol.asyncDispose]();
});

/** Several processes on one store, killed at any moment: what was there stays whole, and nothing is there by half. */
import { expect, test } from 'bun:test';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createRandom } from '../crash/random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { dockerArchive, dockerImage } from './support/archives.ts';
import { naruOn } from './support/naru.ts';
import { expectWholeStore } from './support/verify-store.ts';

const seed = Number(process.env['NARU_TEST_SEED'] ?? Math.trunc(Math.random() * 1e9));
const rounds = Number(process.env['NARU_TEST_KILLS'] ?? 25);
const atOnce = 3;

test(`kill -9 at any moment (NARU_TEST_SEED=${seed})`, async () => {
  await using folder = await temporaryFolder('naru-kill-');
  const naru = naruOn(join(folder.path, 'store'));
  const random = createRandom(seed);
  const images = Array.from({ length: 4 }, (_, index) =>
    dockerImage({ seed: String(index), tags: [`app:${index}`, `same:name`], layerSeed: String(index % 2), layers: 4, bytes: 300_000 }),
  );
  for (const [index, image] of images.entries()) await writeFile(join(folder.path, `${index}.tar`), dockerArchive([image]));
  const kept = dockerImage({ seed: 'kept', tags: ['kept:1'] });
  await naru.ok(['load'], dockerArchive([kept]));

  const any = (count: number) => random.between(0, count - 1);
  const actions = [
    () => ['load', '-i', join(folder.path, `${any(images.length)}.tar`)],
    () => ['load', '-i', join(folder.path, `${any(images.length)}.tar`)],
    () => ['load', '-i', join(folder.path, `${any(images.length)}.tar`)],
    () => ['tag', `app:${any(images.length)}`, `other:${any(3)}`],
    () => ['rmi', '-f', `app:${any(images.length)}`, 'same:name', `other:${any(3)}`],
    () => ['image', 'prune', '-f'],
  ];
  let killed = 0;
  for (let round = 0; round < rounds; round++) {
    const children = Array.from({ length: atOnce }, () => naru.start((actions[any(actions.length)] ?? (() => ['images']))()));
    await Promise.all(
      children.map(async (child) => {
        const ended = once(child, 'exit');
        // The moment of the kill is what is being tried; nothing waits for it to be the right one.
        await Promise.race([ended, delay(40 + any(120))]);
        if (child.exitCode === null) killed += Number(child.kill('SIGKILL'));
        await ended;
      }),
    );
  }
  expect(killed).toBeGreaterThan(rounds / 2);
  await expectWholeStore(naru);
  expect(await naru.ok(['images', '-q', '--no-trunc', 'kept'])).toBe(`${kept.id}\n`);
  await naru.ok(['rmi', 'kept:1']);
  // And the store goes on to work.
  for (const index of images.keys()) await naru.ok(['load', '-i', join(folder.path, `${index}.tar`)]);
  await expectWholeStore(naru);
}, 120_000);

test('several processes at once, all of whose work counts', async () => {
  await using folder = await temporaryFolder('naru-many-');
  const naru = naruOn(join(folder.path, 'store'));
  const images = Array.from({ length: 6 }, (_, index) => dockerImage({ seed: String(index), tags: [`app:${index}`], layerSeed: 'shared', bytes: 100_000 }));
  await Promise.all([...images, ...images].map((image) => naru.ok(['load'], dockerArchive([image]))));
  await Promise.all(images.map((_, index) => naru.ok(['tag', `app:${index}`, `copy:${index}`])));
  await Promise.all(images.slice(0, 3).map((_, index) => naru.ok(['rmi', `app:${index}`, `copy:${index}`])));
  const names = (await naru.ok(['images', '--format', '{{.Repository}}:{{.Tag}}'])).trim().split('\n').toSorted();
  expect(names).toEqual(['app:3', 'app:4', 'app:5', 'copy:3', 'copy:4', 'copy:5']);
  await expectWholeStore(naru);
}, 60_000);

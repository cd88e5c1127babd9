/** Pull, push, save and import, killed at any moment and side by side: nothing is there by half, and the next one goes on. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import { once } from 'node:events';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { naruOn } from '../client-store/support/naru.ts';
import { expectWholeStore } from '../client-store/support/verify-store.ts';
import { createRandom } from '../crash/random.ts';
import { makeImage } from '../support/image.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { startServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

setDefaultTimeout(300_000);

const seed = Number(process.env['NARU_TEST_SEED'] ?? Math.trunc(Math.random() * 1e9));
const rounds = Number(process.env['NARU_TEST_KILLS'] ?? 12);
const atOnce = 3;

test(`kill -9 of pull, push, save and import (NARU_TEST_SEED=${seed})`, async () => {
  await using folder = await temporaryFolder('naru-kill-');
  await using server = await startServer();
  const registry = createRegistryClient(server.url);
  const host = `127.0.0.1:${server.port}`;
  const random = createRandom(seed);
  const any = (count: number) => random.between(0, count - 1);
  const images = Array.from({ length: 3 }, (_, index) => makeImage({ seed: `kill ${index}`, layers: 4, bytes: 1_500_000 }));
  for (const [index, image] of images.entries()) await registry.pushImage(`from/${index}`, image, 'v1');

  // What is imported, and what must survive everything.
  const other = naruOn(join(folder.path, 'other'));
  for (const index of images.keys()) {
    await other.ok(['pull', '-q', `${host}/from/${index}:v1`]);
    await writeFile(join(folder.path, `${index}.tar`), (await other.run(['export', `${host}/from/${index}:v1`])).bytes);
  }
  const naru = naruOn(join(folder.path, 'store'));
  const kept = makeImage({ seed: 'kept', layers: 2 });
  await registry.pushImage('kept', kept, 'v1');
  await naru.ok(['pull', '-q', `${host}/kept:v1`]);

  let saved = 0;
  const actions = [
    () => ['pull', `${host}/from/${any(images.length)}:v1`],
    () => ['pull', `${host}/from/${any(images.length)}:v1`],
    () => ['import', join(folder.path, `${any(images.length)}.tar`), `imported:${any(2)}`],
    () => ['push', `${host}/kept:v1`],
    () => ['save', '-o', join(folder.path, `saved-${(saved += 1)}.tar`), `${host}/kept:v1`],
    () => ['rmi', '-f', `${host}/from/${any(images.length)}:v1`, `imported:${any(2)}`],
    () => ['image', 'prune', '-f'],
  ];
  let killed = 0;
  for (let round = 0; round < rounds; round++) {
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        const child = naru.start((actions[any(actions.length)] ?? (() => ['images']))());
        const ended = once(child, 'exit');
        // The moment of the kill is what is being tried; nothing waits for it to be the right one.
        await Promise.race([ended, delay(60 + any(400))]);
        if (child.exitCode === null) killed += Number(child.kill('SIGKILL'));
        await ended;
      }),
    );
    // Nothing is listed that cannot be given away.
    for (const id of (await naru.ok(['images', '-q', '--no-trunc'])).split('\n').filter(Boolean)) expect((await naru.run(['save', id])).exitCode).toBe(0);
  }
  expect(killed).toBeGreaterThan(0);
  // Half a download is kept for a week, for a pull that goes on; and nothing else is.
  await naru.ok(['image', 'prune', '-f']);
  for (const file of await readdir(join(naru.root, 'ingest')).catch(() => [])) {
    expect(file).toMatch(/^sha256-[0-9a-f]{64}\.partial$/);
    const eightDaysAgo = Date.now() / 1000 - 8 * 24 * 3600;
    if (any(2) === 0) await utimes(join(naru.root, 'ingest', file), eightDaysAgo, eightDaysAgo);
  }
  expect(await naru.ok(['images', '--digests', '--format', '{{.Digest}}', `${host}/kept`])).toBe(`${kept.manifest.digest}\n`);

  // A file that has the name is whole.
  const whole = naruOn(join(folder.path, 'whole'));
  for (const name of (await readdir(folder.path)).filter((each) => /^saved-\d+\.tar$/.test(each)))
    expect(await whole.ok(['load', '-i', join(folder.path, name)])).toContain(`Loaded image: ${host}/kept:v1`);

  // And the store goes on to work.
  for (const [index, image] of images.entries()) {
    await naru.ok(['pull', '-q', `${host}/from/${index}:v1`]);
    expect(await naru.ok(['images', '--digests', '--format', '{{.Digest}}', `${host}/from/${index}`])).toBe(`${image.manifest.digest}\n`);
    await naru.ok(['tag', `${host}/from/${index}:v1`, `${host}/to/${index}:v1`]);
    await naru.ok(['push', '-q', `${host}/to/${index}:v1`]);
    expect((await registry.pullManifest(`to/${index}`, 'v1'))?.digest).toBe(image.manifest.digest);
  }
  for (const file of await readdir(join(naru.root, 'ingest'))) await utimes(join(naru.root, 'ingest', file), 0, 0);
  await expectWholeStore(naru);
});

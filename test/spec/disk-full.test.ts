/** A disk that runs full: the push fails with a clear error, all that was there stays, and room makes pushes work again. */
import { expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordSkip } from '../support/needs.ts';
import { runNaru, startServer } from '../support/server.ts';
import { contentOf, digestOf, newBlob, newImage, types } from './support/content.ts';
import { errorOf, expectStatus, newRepository, withQuery } from './support/repository.ts';

const megabyte = 1_000_000;
const folder = await mountSmallDisk(32 * megabyte);
if (folder === undefined) recordSkip('a small disk can only be mounted by root on Linux');

test.skipIf(folder === undefined)(
  'no space left',
  async () => {
    const data = folder ?? '';
    try {
      await using server = await startServer({ data: join(data, 'data') });
      const { host } = new URL(server.url);
      const repository = newRepository(host);
      const kept = newImage({ layers: [contentOf(newBlob(4 * megabyte), types.layer)] });
      await repository.push(kept, 'kept');

      // Something else on the same disk takes most of the room.
      await writeFile(join(data, 'ballast'), Buffer.alloc(16 * megabyte));
      const large = newBlob(20 * megabyte);
      const digest = digestOf(large);
      const full = { status: 507, code: 'STORAGE_FULL', message: 'the registry has no space left' };
      const location = await repository.startUpload();
      for (const attempt of [
        () => repository.send('POST', `/blobs/uploads/?digest=${digest}`, { body: large }),
        () => repository.sendTo('PATCH', location, { body: large, streamed: true }),
        () => repository.sendTo('PUT', withQuery(location, { digest }), { body: large }),
      ]) {
        expect(errorOf(await attempt())).toEqual(full);
        expect((await repository.send('HEAD', `/blobs/${digest}`)).status).toBe(404);
        // The failed body was given back, so there is room for small things.
        const small = newImage();
        await repository.push(small, 'small');
        expect(digestOf((await repository.send('GET', '/manifests/small')).body)).toBe(small.digest);
      }

      // Not one byte left: even then it answers, and serves what it has.
      await fillUp(join(data, 'rest'));
      const refused = await repository.send('POST', `/blobs/uploads/?digest=${digestOf('x')}`, { body: 'x' });
      expect([507, 500, 201]).toContain(refused.status);
      if (refused.status !== 201) expect(errorOf(refused)).toEqual(full);
      const blocked = newImage({ layers: [] });
      expect((await repository.putManifest(blocked, 'blocked')).status).toBeGreaterThanOrEqual(400);
      for (const blob of kept.blobs) expect(digestOf((await repository.send('GET', `/blobs/${blob.digest}`)).body)).toBe(blob.digest);
      expect(digestOf((await repository.send('GET', '/manifests/kept')).body)).toBe(kept.digest);
      expect((await repository.send('HEAD', '/manifests/blocked')).status).toBe(404);

      await rm(join(data, 'rest'));
      await rm(join(data, 'ballast'));
      const after = newImage({ layers: [contentOf(newBlob(8 * megabyte), types.layer)] });
      await repository.push(after, 'after');
      expect(await repository.listTags()).toEqual({ name: repository.name, tags: ['after', 'kept', 'small'] });
      expectStatus(204, await repository.sendTo('DELETE', location));
    } finally {
      spawnSync('umount', ['-l', data]);
      await rm(data, { recursive: true, force: true });
    }
  },
  30_000,
);

const filled = await mountSmallDisk(32 * megabyte);

test.skipIf(filled === undefined)(
  'a disk that pushes have filled can be emptied by deleting',
  async () => {
    const data = filled ?? '';
    try {
      await using server = await startServer({ data: join(data, 'data'), flags: ['--collection-grace', '0'] });
      const repository = newRepository(new URL(server.url).host);
      const pushed: string[] = [];
      // Large ones until none fits, then small ones, then tiny ones.
      for (const sizeBytes of [megabyte, 50_000, 100]) {
        for (;;) {
          const blob = newBlob(sizeBytes);
          const answer = await repository.send('POST', `/blobs/uploads/?digest=${digestOf(blob)}`, { body: blob });
          if (answer.status === 507) break;
          expectStatus(201, answer);
          pushed.push(digestOf(blob));
        }
      }
      expect(pushed.length).toBeGreaterThan(20);
      for (const digest of pushed.slice(0, 10)) expectStatus(202, await repository.send('DELETE', `/blobs/${digest}`));
      expect(await runNaru(['admin', 'gc', '--data', join(data, 'data')])).toMatchObject({ exitCode: 0, stderr: '' });
      await repository.push(newImage({ layers: [contentOf(newBlob(4 * megabyte), types.layer)] }), 'after');
    } finally {
      spawnSync('umount', ['-l', data]);
      await rm(data, { recursive: true, force: true });
    }
  },
  60_000,
);

async function mountSmallDisk(sizeBytes: number): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const path = await mkdtemp(join(tmpdir(), 'naru-full-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'naru-full', path]).status === 0) return path;
  await rm(path, { recursive: true });
  return undefined;
}

async function fillUp(path: string): Promise<void> {
  for (const pieceBytes of [megabyte, 4096]) {
    for (;;) {
      const failed = await writeFile(path, Buffer.alloc(pieceBytes), { flag: 'a' }).then(
        () => false,
        () => true,
      );
      if (failed) break;
    }
  }
}

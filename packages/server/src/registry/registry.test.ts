/** The rules on real drivers (SQLite, blobs in memory): what the black-box tests cannot bring about at will. */
import { describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { parseDigest } from '@naru/oci/digest';
import { readBytes } from '../blobstore/read-bytes.ts';
import { localCaller } from '../identity/callers.ts';
import { app, bodyOf, digestOf, openWorld, other, pushBlob, pushImage } from '../../../../test/support/lifecycle/world.ts';

const actor = 'mina';
const everybody = localCaller('127.0.0.1');

async function* endingEarly(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
  throw new Error('connection reset');
}

describe('uploads', () => {
  test('what arrived before the connection broke is kept, and the client goes on from there', async () => {
    await using world = await openWorld();
    const { uploads, blobs } = world.registry;
    const id = await uploads.start(app, 'sha256');
    await expect(uploads.append(app, id, { body: endingEarly('half and ') })).rejects.toThrow('connection reset');
    expect(await uploads.status(app, id)).toBe(9);
    await expect(uploads.append(app, id, { body: bodyOf('half'), startsAt: 5 })).rejects.toMatchObject({ code: 'UPLOAD_OUT_OF_ORDER' });
    await uploads.finish(app, id, { digest: digestOf('half and half'), actor, chunk: { body: bodyOf('half'), startsAt: 9 } });
    const source = await blobs.open(await blobs.find(app, digestOf('half and half')));
    expect(Buffer.concat(await Array.fromAsync(readBytes(source))).toString()).toBe('half and half');
  });

  test('a wrong digest keeps the upload: the right one still finishes it', async () => {
    await using world = await openWorld();
    const { uploads, blobs } = world.registry;
    const id = await uploads.start(app, 'sha256');
    await uploads.append(app, id, { body: bodyOf('content') });
    await expect(uploads.finish(app, id, { digest: digestOf('other content'), actor })).rejects.toMatchObject({ code: 'DIGEST_INVALID' });
    await uploads.finish(app, id, { digest: digestOf('content'), actor });
    expect(await blobs.find(app, digestOf('content'))).toMatchObject({ sizeBytes: 7 });
    await expect(uploads.status(app, id)).rejects.toMatchObject({ code: 'UPLOAD_UNKNOWN' });
  });

  test('a whole blob that fails leaves nothing behind', async () => {
    await using world = await openWorld();
    const { uploads } = world.registry;
    await expect(uploads.putWhole(app, { digest: digestOf('a'), actor, chunk: { body: bodyOf('b') } })).rejects.toMatchObject({ code: 'DIGEST_INVALID' });
    await expect(uploads.putWhole(app, { digest: digestOf('a'), actor, chunk: { body: endingEarly('a') } })).rejects.toThrow('connection reset');
    expect(await world.bytes.listUploads({ limit: 10 })).toEqual([]);
    expect(await world.rows.repositories.has(app)).toBe(false);
  });

  test('a body that is not as long as it said', async () => {
    await using world = await openWorld();
    const { uploads } = world.registry;
    const id = await uploads.start(app, 'sha256');
    await expect(uploads.append(app, id, { body: bodyOf('longer'), lengthBytes: 3 })).rejects.toMatchObject({ code: 'SIZE_INVALID' });
    expect(await uploads.status(app, id)).toBe(0);
    await expect(uploads.append(app, id, { body: bodyOf('short'), lengthBytes: 30 })).rejects.toMatchObject({ code: 'SIZE_INVALID' });
  });

  test('an upload is known only in its repository', async () => {
    await using world = await openWorld();
    const { uploads } = world.registry;
    const id = await uploads.start(app, 'sha256');
    await expect(uploads.append(other, id, { body: bodyOf('x') })).rejects.toMatchObject({ code: 'UPLOAD_UNKNOWN' });
    await expect(uploads.cancel(other, id)).rejects.toMatchObject({ code: 'UPLOAD_UNKNOWN' });
    expect(await uploads.status(app, id)).toBe(0);
  });

  test('started for one algorithm and finished with another', async () => {
    await using world = await openWorld();
    const { uploads, blobs } = world.registry;
    const sha512 = parseDigest(`sha512:${createHash('sha512').update('content').digest('hex')}`);
    const id = await uploads.start(app, 'sha256');
    await uploads.append(app, id, { body: bodyOf('content') });
    await uploads.finish(app, id, { digest: sha512, actor });
    expect(await blobs.find(app, sha512)).toMatchObject({ sizeBytes: 7 });
  });
});

describe('blobs', () => {
  test('bytes that went missing are counted and not served, and a push heals them', async () => {
    await using world = await openWorld();
    const { blobs } = world.registry;
    const digest = await pushBlob(world, 'content');
    const blob = await blobs.find(app, digest);
    await world.bytes.deleteBlob(blob.storageKey);
    await expect(blobs.open(blob)).rejects.toMatchObject({ code: 'BLOB_UNKNOWN' });
    await expect(blobs.stat(app, digest)).rejects.toMatchObject({ code: 'BLOB_UNKNOWN' });
    await pushBlob(world, 'content');
    expect((await blobs.open(await blobs.find(app, digest))).kind).toBe('stream');
  });

  test('a mount asks for the right to pull from the source, named or not', async () => {
    await using world = await openWorld();
    const { blobs } = world.registry;
    const digest = await pushBlob(world, 'content', other);
    const mount = { repository: app, digest, actor };
    expect(await blobs.mount({ ...mount, from: other, mayPull: async () => false })).toBe(false);
    expect(await blobs.mount({ ...mount, mayPull: async () => false })).toBe(false);
    await expect(blobs.find(app, digest)).rejects.toMatchObject({ code: 'BLOB_UNKNOWN' });
    expect(await blobs.mount({ ...mount, mayPull: async (from) => from === other })).toBe(true);
    expect(await blobs.find(app, digest)).toMatchObject({ sizeBytes: 7 });
    expect((await world.bytes.listBlobs({ limit: 10 })).length).toBe(1);
  });

  test('whoever was told that a blob is there has its grace time to refer to it', async () => {
    await using world = await openWorld();
    const digest = await pushBlob(world, 'content');
    world.pass(13 * 3600e3);
    expect(await world.registry.blobs.stat(app, digest)).toMatchObject({ touchedAt: world.clock.now() });
    expect(await world.rows.blobs.find(app, digest)).toMatchObject({ touchedAt: world.clock.now() });
  });
});

test('a blob that collection takes while a client asks for it is not promised', async () => {
  await using world = await openWorld({
    wrapRows: (rows) => ({
      ...rows,
      blobs: {
        ...rows.blobs,
        async touch(repository, digest, at) {
          await rows.blobs.unlink({ repository, digest, at, actor });
          return rows.blobs.touch(repository, digest, at);
        },
      },
    }),
  });
  const digest = await pushBlob(world, 'content');
  world.pass(13 * 3600e3);
  await expect(world.registry.blobs.stat(app, digest)).rejects.toMatchObject({ code: 'BLOB_UNKNOWN' });
});

describe('catalog', () => {
  test('pages are filled from behind what may not be listed', async () => {
    await using world = await openWorld();
    const config = await pushBlob(world, 'config');
    await pushImage(world, config, []);
    await pushBlob(world, 'x', other);
    const { repositories } = world.registry;
    expect(await repositories.list({ limit: 1 }, { ...everybody, mayList: async (name) => name !== app })).toEqual([other]);
    expect(await repositories.list({ limit: 10 }, { ...everybody, mayList: async () => false })).toEqual([]);
  });
});

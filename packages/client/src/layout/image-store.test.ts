import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseDigest, type Digest } from '@naru/oci/digest';
import { parseNormalizedName } from '@naru/oci/reference';
import { tarEnd, tarHeader, tarPadding } from '@naru/archive/tar-writer';
import type { BlobDescriptor } from './image.ts';
import { openImageReader } from './open-image-reader.ts';
import { type ImageStore, openImageStore } from './open-image-store.ts';
import { ownerOf } from './process-owner.ts';

const clock = { at: 1_800_000_000_000, now: () => clock.at };
const digestOf = (bytes: Uint8Array): Digest => parseDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
const bytes = Buffer.from('0123456789'.repeat(1000));
const expected = { digest: digestOf(bytes), sizeBytes: bytes.length };

let folder: string;
let root: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'naru-layout-'));
  root = join(folder, 'store');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const blobs = (): string[] => (existsSync(join(root, 'blobs/sha256')) ? readdirSync(join(root, 'blobs/sha256')) : []);
const partials = (): string[] => (existsSync(join(root, 'ingest')) ? readdirSync(join(root, 'ingest')) : []);

function layerOf(content: string): Buffer {
  const file = Buffer.from(content);
  return Buffer.concat([tarHeader('file', file.length), file, tarPadding(file.length), tarEnd]);
}

/** An image of one layer, recorded under the name. */
async function addImage(store: ImageStore, name: string, content: string): Promise<BlobDescriptor> {
  using lease = store.lease();
  const tar = layerOf(content);
  const layer = gzipSync(tar);
  const config = Buffer.from(
    JSON.stringify({ os: 'linux', architecture: 'amd64', created: '2026-01-02T03:04:05Z', rootfs: { type: 'layers', diff_ids: [digestOf(tar)] } }),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      config: { mediaType: 'application/vnd.docker.container.image.v1+json', digest: await store.addBlob(lease, config), size: config.length },
      layers: [{ mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', digest: await store.addBlob(lease, layer), size: layer.length }],
    }),
  );
  const descriptor = { mediaType: 'application/vnd.docker.distribution.manifest.v2+json', digest: await store.addBlob(lease, manifest), size: manifest.length };
  const checked = await store.checkImage(lease, descriptor);
  store.change((changes) => {
    changes.writeImage(checked);
    changes.writeRef(parseNormalizedName(name), { manifest: descriptor.digest, target: descriptor, isWhole: true, more: [] });
  });
  return descriptor;
}

describe('receiving', () => {
  test('goes on where an earlier process stopped, and checks what that one left', async () => {
    using store = openImageStore(root, clock);
    using lease = store.lease();
    const first = store.ingest(lease, expected);
    first.append(bytes.subarray(0, 4000));
    first.close();
    expect(partials()).toEqual([`sha256-${expected.digest.slice(7)}.partial`]);
    const second = store.ingest(lease, expected);
    expect(second.offset).toBe(4000);
    second.append(bytes.subarray(4000));
    expect(await second.commit()).toBe(expected.digest);
    expect([blobs(), partials()]).toEqual([[expected.digest.slice(7)], []]);
    expect(Buffer.from(store.readBlob(expected.digest, 100_000))).toEqual(bytes);
  });

  test('a wrong byte in what was left is found, and thrown away', async () => {
    using store = openImageStore(root, clock);
    using lease = store.lease();
    const first = store.ingest(lease, expected);
    first.append(Buffer.alloc(4000, 'x'));
    first.close();
    const second = store.ingest(lease, expected);
    second.append(bytes.subarray(4000));
    await expect(second.commit()).rejects.toThrow(`filesystem layer verification failed for digest ${expected.digest}`);
    expect([blobs(), partials()]).toEqual([[], []]);
    expect(store.ingest(lease, expected).offset).toBe(0);
  });

  test('too much is refused at once, too little is kept', async () => {
    using store = openImageStore(root, clock);
    using lease = store.lease();
    const much = store.ingest(lease, expected);
    expect(() => much.append(Buffer.alloc(bytes.length + 1))).toThrow('more than the 10000 bytes');
    expect(partials()).toEqual([]);
    const little = store.ingest(lease, expected);
    little.append(bytes.subarray(0, 10));
    await expect(little.commit()).rejects.toThrow('only 10 of the 10000 bytes');
    little.close();
    expect(store.ingest(lease, expected).offset).toBe(10);
  });

  test('a file that is longer than what is wanted is begun anew', () => {
    using store = openImageStore(root, clock);
    using lease = store.lease();
    mkdirSync(join(root, 'ingest'), { recursive: true });
    writeFileSync(join(root, 'ingest', `sha256-${expected.digest.slice(7)}.partial`), Buffer.alloc(20_000));
    expect(store.ingest(lease, expected).offset).toBe(0);
  });

  test('two at once receive into files of their own', async () => {
    using store = openImageStore(root, clock);
    using lease = store.lease();
    const [one, other] = [store.ingest(lease, expected), store.ingest(lease, expected)];
    one.append(bytes.subarray(0, 5000));
    other.append(bytes);
    await other.commit();
    one.append(bytes.subarray(5000));
    await one.commit();
    expect([blobs(), partials()]).toEqual([[expected.digest.slice(7)], []]);
  });

  test('sha512', async () => {
    using store = openImageStore(root, clock);
    using lease = store.lease();
    const digest = parseDigest(`sha512:${createHash('sha512').update(bytes).digest('hex')}`);
    const ingest = store.ingest(lease, { digest, sizeBytes: bytes.length });
    ingest.append(bytes);
    await ingest.commit();
    expect(readdirSync(join(root, 'blobs/sha512'))).toEqual([digest.slice(7)]);
  });
});

describe('garbage', () => {
  test('what a lease holds stays, and goes with it when no image needs it', async () => {
    using store = openImageStore(root, clock);
    const lease = store.lease();
    const digest = await store.addBlob(lease, bytes);
    expect([store.sweep(), store.findBlobSize(digest)]).toEqual([0, bytes.length]);
    lease[Symbol.dispose]();
    expect([store.sweep(), store.findBlobSize(digest)]).toEqual([bytes.length, undefined]);
  });

  test('a lease of a process that is gone, or that is a day old, holds nothing', async () => {
    using store = openImageStore(root, clock);
    const digest = await store.addBlob(store.lease(), bytes);
    const [boot, space, , start] = ownerIn(root);
    setOwner(root, [boot, space, '4194304', start].join('/')); // higher than any process id
    expect([store.sweep(), store.findBlobSize(digest)]).toEqual([bytes.length, undefined]);
    const again = await store.addBlob(store.lease(), bytes);
    setOwner(root, ['another machine', space, '1', start].join('/'));
    expect(store.sweep()).toBe(0);
    clock.at += 25 * 3600 * 1000;
    expect([store.sweep(), store.findBlobSize(again)]).toEqual([bytes.length, undefined]);
  });

  test('an image keeps what it shares with another', async () => {
    using store = openImageStore(root, clock);
    await addImage(store, 'a/app:1', 'content');
    const count = blobs().length;
    const other = await addImage(store, 'b/app:1', 'content');
    expect(blobs()).toHaveLength(count); // the same image
    await addImage(store, 'c/app:1', 'other content');
    store.change((changes) => changes.removeRef('docker.io/c/app:1'));
    const [gone] = store.listImages().filter(({ refs }) => refs.length === 0);
    store.change((changes) => changes.removeImage(parseDigest(gone?.id ?? '')));
    expect(store.sweep()).toBeGreaterThan(0);
    expect(blobs()).toHaveLength(count);
    expect(store.listImages().map(({ manifest, refs }) => [manifest.digest, refs.map(({ name }) => name)])).toEqual([
      [other.digest, ['docker.io/a/app:1', 'docker.io/b/app:1']],
    ]);
  });

  test('prune looks at every file, but not at young ones and not at downloads of this week', () => {
    using store = openImageStore(root, clock);
    mkdirSync(join(root, 'blobs/sha256'), { recursive: true });
    mkdirSync(join(root, 'ingest'));
    const put = (path: string, ageMs: number): void => {
      writeFileSync(join(root, path), 'stray');
      utimesSync(join(root, path), (clock.at - ageMs) / 1000, (clock.at - ageMs) / 1000);
    };
    put(`blobs/sha256/${'a'.repeat(64)}`, 2 * 3600 * 1000);
    put(`blobs/sha256/${'b'.repeat(64)}`, 60_000);
    put(`ingest/sha256-${'c'.repeat(64)}.partial`, 8 * 24 * 3600 * 1000);
    put(`ingest/sha256-${'d'.repeat(64)}.partial`, 6 * 24 * 3600 * 1000);
    expect(store.sweepEverything()).toBe(10);
    expect([blobs(), partials()]).toEqual([['b'.repeat(64)], [`sha256-${'d'.repeat(64)}.partial`]]);
  });

  test('prune forgets who was receiving a blob and has ended, also where nothing is left of it', () => {
    using store = openImageStore(root, clock);
    using database = new DatabaseSync(join(root, 'naru.db'));
    const insert = database.prepare('insert into ingest (name, owner) values (?, ?)');
    insert.run('sha256-ended', ownerOf(spawnSync('true').pid));
    insert.run('sha256-running', ownerOf(process.pid));
    store.sweepEverything();
    expect(database.prepare('select name from ingest').all()).toEqual([{ name: 'sha256-running' }]);
  });
});

describe('images', () => {
  test('what does not fit its config or its descriptors is refused', async () => {
    using store = openImageStore(root, clock);
    using lease = store.lease();
    const manifest = await addImage(store, 'app:1', 'content');
    const [layer] = store.listLayers(manifest.digest);
    truncateSync(join(root, 'blobs/sha256', layer?.digest.slice(7) ?? ''), 5);
    await expect(store.checkImage(lease, manifest)).rejects.toThrow('has 5 bytes where its descriptor says');
    rmSync(join(root, 'blobs/sha256', layer?.digest.slice(7) ?? ''));
    await expect(store.checkImage(lease, manifest)).rejects.toThrow(`content digest ${layer?.digest}: not found`);
  });

  test('a change that fails leaves everything as it was', async () => {
    using store = openImageStore(root, clock);
    const manifest = await addImage(store, 'app:1', 'content');
    expect(() =>
      store.change((changes) => {
        changes.removeRef('docker.io/library/app:1');
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(store.listImages()).toMatchObject([{ manifest, refs: [{ name: 'docker.io/library/app:1' }] }]);
  });

  test("index.json is OCI's, also of an image with Docker's media types, and follows every change", async () => {
    using store = openImageStore(root, clock);
    const manifest = await addImage(store, 'localhost:5000/team/app:1', 'content');
    const index = (): { manifests: BlobDescriptor[] } => JSON.parse(readFileSync(join(root, 'index.json'), 'utf8')) as { manifests: BlobDescriptor[] };
    const [entry] = index().manifests;
    expect(entry).toMatchObject({
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      annotations: { 'org.opencontainers.image.ref.name': 'localhost:5000/team/app:1', 'io.containerd.image.name': 'localhost:5000/team/app:1' },
    });
    expect(entry?.digest).not.toBe(manifest.digest);
    const layout = JSON.parse(Buffer.from(store.readBlob(parseDigest(entry?.digest ?? ''), 10_000)).toString()) as { layers: BlobDescriptor[] };
    expect(layout.layers.map(({ mediaType }) => mediaType)).toEqual(['application/vnd.oci.image.layer.v1.tar+gzip']);
    store.change((changes) => changes.removeRef('localhost:5000/team/app:1'));
    expect(index().manifests).toEqual([expect.not.objectContaining({ annotations: expect.anything() as unknown }) as BlobDescriptor]);
    expect(readFileSync(join(root, 'oci-layout'), 'utf8')).toBe('{"imageLayoutVersion":"1.0.0"}\n');
  });

  test('layers are remembered by what they unpack to, and by where they live', async () => {
    using store = openImageStore(root, clock);
    const manifest = await addImage(store, 'app:1', 'content');
    const [layer] = store.listLayers(manifest.digest);
    expect(layer).toMatchObject({ diffId: digestOf(layerOf('content')), fileBytes: 7 });
    expect(store.findLayerByDiffId(digestOf(layerOf('content')))).toBe(layer?.digest);
    for (const [repository, at] of [
      ['docker.io/library/app', 1],
      ['localhost:5000/app', 2],
    ] as const) {
      clock.at += at;
      store.change((changes) => changes.recordLayerSource(parseDigest(layer?.digest ?? ''), repository));
    }
    expect(store.listLayerSources(parseDigest(layer?.digest ?? ''))).toEqual(['localhost:5000/app', 'docker.io/library/app']);
  });
});

describe('opening', () => {
  test('a store of a newer version is refused, and left as it is', () => {
    openImageStore(root, clock)[Symbol.dispose]();
    const database = new DatabaseSync(join(root, 'naru.db'));
    database.exec('pragma user_version = 2');
    const message = `the image store in ${root} was written by a newer Naru (store version 2; this one knows 1)`;
    expect(() => openImageStore(root, clock)).toThrow(message);
    expect(() => openImageReader(root, clock)).toThrow(message);
    expect(database.prepare('pragma user_version').get()).toEqual({ user_version: 2 });
    database.close();
  });

  test("another program's layout, a damaged database and a file are refused", () => {
    mkdirSync(root);
    writeFileSync(join(root, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    expect(() => openImageStore(root, clock)).toThrow('is an OCI image layout that another program made');
    writeFileSync(join(root, 'naru.db'), 'no database '.repeat(1000));
    expect(() => openImageStore(root, clock)).toThrow('it is damaged');
    rmSync(root, { recursive: true });
    writeFileSync(root, '');
    expect(() => openImageStore(root, clock)).toThrow('it is not a folder of Naru');
  });

  test('a reader makes nothing', () => {
    using store = openImageReader(root, clock);
    expect([store.listImages(), existsSync(root)]).toEqual([[], false]);
  });
});

function ownerIn(store: string): string[] {
  const database = new DatabaseSync(join(store, 'naru.db'));
  const row = database.prepare('select owner from lease').get() as { owner: string };
  database.close();
  return row.owner.split('/');
}

function setOwner(store: string, owner: string): void {
  const database = new DatabaseSync(join(store, 'naru.db'));
  database.prepare('update lease set owner = ?').run(owner);
  database.close();
}

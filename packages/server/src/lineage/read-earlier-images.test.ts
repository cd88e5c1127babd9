import { Database } from 'bun:sqlite';
import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { isDigest } from '@naru/oci/digest';
import { parseManifest } from '@naru/oci/manifest';
import { type Image, makeImage, makeManifest } from '../../../../test/support/image.ts';
import { actor, pushBlob, repository, storageKeyOf } from '../metadata/contract/content.ts';
import { makeScratchFolder } from '../metadata/contract/scratch-folder.ts';
import type { MetadataStore } from '../metadata/port.ts';
import { openSqliteMetadata } from '../metadata/sqlite/open-sqlite-metadata.ts';
import { readImageLayers } from './image-layers.ts';
import { readEarlierImages } from './read-earlier-images.ts';

const folder = makeScratchFolder();

test('reads what was pushed before it was there, artifacts and broken ones among it, and nothing twice', async () => {
  const path = join(folder, 'earlier.db');
  const rows = await openSqliteMetadata({ path });
  try {
    const base = makeImage({ seed: 'base' });
    const own = makeImage({ seed: 'own' });
    const top = makeManifest({ config: own.config, layers: [...base.layers, ...own.layers] });
    const artifact = makeImage({ seed: 'artifact', artifactType: 'a/b' });
    for (const image of [base, top, artifact]) await push(rows, image);
    const [digest, topDigest] = [base, top].map(({ manifest }) => toDigest(manifest.digest)) as [ReturnType<typeof toDigest>, ReturnType<typeof toDigest>];
    using db = new Database(path);
    db.run('PRAGMA foreign_keys = ON');
    db.run('DELETE FROM image_chain');
    db.run('UPDATE manifest SET bytes = ? WHERE digest = ?', [new TextEncoder().encode('rotten'), artifact.manifest.digest]);
    expect(await rows.lineage.listDependants(digest, { limit: 9 })).toEqual([]);
    const job = readEarlierImages({ rows, clock: { now: () => 9 } });
    const run = () => job.run({} as never, new AbortController().signal); // it reads nothing of its job
    await run();
    expect((await rows.lineage.listDependants(digest, { limit: 9 })).map((image) => image.digest)).toEqual([topDigest]);
    expect([await rows.lineage.listUnread(9), await rows.lineage.find(toDigest(artifact.manifest.digest))]).toEqual([[], undefined]);
    await run();
    expect(await rows.lineage.listDependants(digest, { limit: 9 })).toHaveLength(1);
  } finally {
    await rows.close();
  }
});

async function push(rows: MetadataStore, { manifest, blobs }: Image): Promise<void> {
  await pushBlob(rows, 'first');
  for (const blob of blobs) {
    const digest = toDigest(blob.digest);
    const stored = { digest, sizeBytes: blob.bytes.length, storageKey: storageKeyOf(digest) };
    await rows.blobs.recordUploaded({ repository, uploadId: undefined, ...stored, at: 1, actor });
  }
  const image = readImageLayers(parseManifest(manifest.bytes, manifest.mediaType));
  await rows.manifests.record({
    repository,
    manifest: { ...manifest, digest: toDigest(manifest.digest), references: [], ...(image && { image }) },
    tags: [],
    at: 2,
    actor,
  });
}

function toDigest(text: string) {
  if (!isDigest(text)) throw new Error(`${text} is no digest`);
  return text;
}

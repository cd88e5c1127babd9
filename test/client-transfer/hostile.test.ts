/** Registries that mean no good, and media that forget: nothing wrong becomes an image. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { naruOn } from '../client-store/support/naru.ts';
import { contentOf, jsonContent, makeImage, makeManifest, mediaTypes, type Content } from '../support/image.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type BlobAnswer, startHostileRegistry } from './support/hostile-registry.ts';

// A busy machine takes its time, and nothing here is about time.
setDefaultTimeout(60_000);

const image = makeImage({ seed: 'hostile', layers: 2, bytes: 100_000 });
const [layer, other] = image.layers as readonly [Content, Content];

async function pull(parts: Parameters<typeof startHostileRegistry>[0], answer: BlobAnswer, prepare?: (root: string) => Promise<void>) {
  await using folder = await temporaryFolder('naru-hostile-');
  await using registry = await startHostileRegistry(parts, answer);
  const root = join(folder.path, 'store');
  await prepare?.(root);
  const naru = naruOn(root);
  const { exitCode, stderr } = await naru.run(['pull', `${registry.host}/a:v1`]);
  const images = await naru.ok(['images', '-q']);
  const ingest = await readdir(join(root, 'ingest')).catch(() => []);
  return { exitCode, stderr, images, ingest, requests: registry.requests };
}

const failed = `filesystem layer verification failed for digest ${layer.digest}`;

describe('a layer', () => {
  test('of other bytes', async () => {
    const wrong = layer.bytes.slice().fill(7, 100);
    const { exitCode, stderr, images, ingest } = await pull(image, ({ digest }, response) => digest === layer.digest && !!response.end(wrong));
    expect({ exitCode, stderr: stderr.slice(0, failed.length), images }).toEqual({ exitCode: 1, stderr: failed, images: '' });
    expect(ingest.filter((name) => name.includes(layer.digest.slice(7)))).toEqual([]);
  });

  test('that is too short', async () => {
    const { exitCode, stderr, images } = await pull(image, ({ digest, bytes }, response) => digest === layer.digest && !!response.end(bytes.slice(0, 5000)));
    expect({ exitCode, stderr: stderr.slice(0, failed.length), images }).toEqual({ exitCode: 1, stderr: failed, images: '' });
  });

  test('without an end', async () => {
    const { exitCode, stderr, images } = await pull(image, ({ digest }, response) => {
      if (digest !== layer.digest) return false;
      const more = () =>
        void (response.destroyed || response.write(Buffer.alloc(65536)) ? response.destroyed || setImmediate(more) : response.once('drain', more));
      more();
      return true;
    });
    expect({ exitCode, stderr: stderr.slice(0, failed.length), images }).toEqual({ exitCode: 1, stderr: failed, images: '' });
  });

  test('that is not what the config says it unpacks to', async () => {
    const swapped = makeManifest({ config: image.config, layers: [other, layer] });
    const { exitCode, stderr, images } = await pull(swapped, () => false);
    expect({ exitCode, images }).toEqual({ exitCode: 1, images: '' });
    expect(stderr).toMatch(/^invalid diffID for layer 0: expected "sha256:[0-9a-f]{64}", got "sha256:[0-9a-f]{64}"\n$/);
  });

  test('more than the config knows', async () => {
    const { exitCode, stderr } = await pull(makeManifest({ config: image.config, layers: [layer] }), () => false);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: 'invalid manifest, layers length mismatch: expected 2, got 1\n' });
  });
});

test('a partial download that is not what it should be is thrown away, and the layer fetched again', async () => {
  const name = `${layer.digest.replace(':', '-')}.partial`;
  const { exitCode, images, requests } = await pull(
    image,
    () => false,
    async (root) => {
      await mkdir(join(root, 'ingest'), { recursive: true });
      await writeFile(join(root, 'ingest', name), Buffer.alloc(1000, 1));
    },
  );
  expect(exitCode).toBe(0);
  expect(images.trim().length).toBe(12);
  const ranges = requests.filter(({ url }) => url.pathname.endsWith(layer.digest)).map(({ headers }) => headers.range);
  expect(ranges).toEqual(['bytes=1000-', undefined]);
});

test('a registry that has no bytes behind what is here is asked from the beginning', async () => {
  const name = `${layer.digest.replace(':', '-')}.partial`;
  const { exitCode } = await pull(
    image,
    ({ digest }, response, range) => digest === layer.digest && range !== undefined && !!response.writeHead(416).end(),
    async (root) => {
      await mkdir(join(root, 'ingest'), { recursive: true });
      await writeFile(join(root, 'ingest', name), layer.bytes.slice(0, 1000));
    },
  );
  expect(exitCode).toBe(0);
});

test('a manifest of other bytes than its digest', async () => {
  const lying = { ...image, manifest: { ...image.manifest, digest: `sha256:${'0'.repeat(64)}` } };
  const { exitCode, stderr } = await pull(lying, () => false);
  expect(exitCode).toBe(1);
  expect(stderr).toStartWith(`manifest verification failed for digest sha256:${'0'.repeat(64)}`);
});

test('an image and an index at once', async () => {
  const both = jsonContent(mediaTypes.index, { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [], layers: [], config: {} });
  const { exitCode, stderr } = await pull({ manifest: both, blobs: [] }, () => false);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('an index must not have config');
});

test('a layer that is no archive', async () => {
  const junk = contentOf(new TextEncoder().encode('no tar at all'), mediaTypes.layer);
  const { exitCode, images } = await pull(makeManifest({ config: image.config, layers: [junk, layer] }), () => false);
  expect({ exitCode, images }).toEqual({ exitCode: 1, images: '' });
});

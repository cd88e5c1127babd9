import { expect, test } from 'bun:test';
import { parseDigest } from '@naru/oci/digest';
import { mediaTypes } from '@naru/oci/media-type';
import { RegistryError } from '@naru/oci/registry-error';
import { parseRepositoryName } from '@naru/oci/repository-name';
import type { Event, Manifest } from '../metadata/port.ts';
import { imagesToScan } from './scan-images.ts';
import type { Scanner } from './scanner.ts';

const digest = parseDigest(`sha256:${'a'.repeat(64)}`);
const pushed: Event = { id: 1, kind: 'manifest.pushed', repository: parseRepositoryName('team/app'), digest, at: 1, actor: 'mina' };
const scannerOf = (name: string): Scanner => ({
  name,
  url: '',
  timeoutMs: 1,
  describe: () => Promise.reject(new Error('nobody asks')),
  scan: () => Promise.reject(new Error('nobody asks')),
});

function manifestOf(more: object): Manifest {
  const config = { mediaType: mediaTypes.ociConfig, digest, size: 2 };
  const layers = [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest, size: 2 }];
  const value = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers, ...more };
  return { digest, mediaType: mediaTypes.ociManifest, bytes: new TextEncoder().encode(JSON.stringify(value)) };
}

const kindsFor = async (find: () => Promise<Manifest | undefined>, names = ['one', 'two']) =>
  (await imagesToScan({ scanners: names.map(scannerOf), manifests: { find } }).toJobs([pushed])).map(({ kind, key }) => [kind, key]);

test('an image is given to every scanner, and what is no image to none', async () => {
  expect(await kindsFor(async () => manifestOf({}))).toEqual([
    ['scan-one', digest],
    ['scan-two', digest],
  ]);
  expect(await kindsFor(async () => manifestOf({}), [])).toEqual([]);
  // Whoever pushes cannot say it out of being one.
  expect((await kindsFor(async () => manifestOf({ subject: { mediaType: mediaTypes.ociManifest, digest, size: 2 } }))).length).toBe(2);
  expect((await kindsFor(async () => manifestOf({ config: { mediaType: 'application/octet-stream', digest, size: 2 } }))).length).toBe(2);
  expect(await kindsFor(async () => manifestOf({ layers: [{ mediaType: 'application/vnd.in-toto+json', digest, size: 2 }] }))).toEqual([]);
  expect(await kindsFor(async () => manifestOf({ config: { mediaType: mediaTypes.ociEmpty, digest, size: 2 } }))).toEqual([]);
  expect(await kindsFor(async () => undefined)).toEqual([]);
});

test('a manifest that has rotted holds up no event behind it; a database that fails does', async () => {
  expect(await kindsFor(() => Promise.reject(new RegistryError('INTERNAL', { message: 'rotten' })))).toEqual([]);
  await expect(kindsFor(() => Promise.reject(new Error('the database is away')))).rejects.toThrow('away');
});

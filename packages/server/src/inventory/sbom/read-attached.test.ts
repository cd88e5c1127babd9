import { expect, test } from 'bun:test';
import { parseDigest } from '@naru/oci/digest';
import { mediaTypes } from '@naru/oci/media-type';
import { RegistryError } from '@naru/oci/registry-error';
import { parseRepositoryName } from '@naru/oci/repository-name';
import type { Event, Manifest } from '../../metadata/port.ts';
import { attachedDocuments } from './read-attached.ts';

const digest = parseDigest(`sha256:${'a'.repeat(64)}`);
const subject = parseDigest(`sha256:${'b'.repeat(64)}`);
const pushed: Event = { id: 1, kind: 'manifest.pushed', repository: parseRepositoryName('team/app'), digest, at: 1, actor: 'mina' };
const layer = { mediaType: 'application/spdx+json', digest, size: 2 };

function manifestOf(more: object): Manifest {
  const config = { mediaType: mediaTypes.ociEmpty, digest, size: 2 };
  const value = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [layer], ...more };
  return { digest, mediaType: mediaTypes.ociManifest, bytes: new TextEncoder().encode(JSON.stringify(value)) };
}

const jobsFor = async (find: () => Promise<Manifest | undefined>, event = pushed) =>
  (await attachedDocuments({ manifests: { find } }).toJobs([event])).map(({ payload }) => payload);

test('a referrer with a document is read, and nothing else of what is pushed', async () => {
  const about = { mediaType: mediaTypes.ociManifest, digest: subject, size: 9 };
  expect(await jobsFor(async () => manifestOf({ subject: about }))).toEqual([{ repository: 'team/app', digest, subject }]);
  expect(await jobsFor(async () => manifestOf({ subject: about, layers: [{ ...layer, mediaType: 'application/x' }] }))).toEqual([]);
  expect(await jobsFor(async () => manifestOf({}))).toEqual([]);
  expect(await jobsFor(async () => undefined)).toEqual([]);
});

test('a manifest that has rotted holds up no event behind it; a database that fails does', async () => {
  expect(await jobsFor(() => Promise.reject(new RegistryError('INTERNAL', { message: 'rotten' })))).toEqual([]);
  expect(await jobsFor(async () => ({ ...manifestOf({}), bytes: new TextEncoder().encode('{') }))).toEqual([]);
  await expect(jobsFor(() => Promise.reject(new Error('the database is away')))).rejects.toThrow('away');
});

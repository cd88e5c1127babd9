/** skopeo against the real server: it copies byte for byte, so every digest must survive. */
import { afterAll, expect, test } from 'bun:test';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { type ContainersTools, createContainersTools } from './support/containers-tools.ts';
import { type ImageLayout, type LayoutOptions, writeImageLayout } from './support/image-layout.ts';
import { getManifest, listTags } from './support/registry.ts';

const slow = 30_000;

if (needs('skopeo', 'busybox')) {
  const server = await startServer();
  defineTests(server, await createContainersTools(new URL(server.url).host));
} else test.skip('skopeo', () => {});

function defineTests(server: TestServer, tools: ContainersTools): void {
  const { host } = new URL(server.url);
  afterAll(async () => {
    await tools[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  const skopeo = (...args: string[]): Promise<string> => tools.run('skopeo', args);
  const at = (name: string): string => join(tools.folder, name);
  const remote = (repository: string, tag = '1'): string => `docker://${host}/${repository}:${tag}`;
  const makeLayout = (name: string, options?: LayoutOptions): Promise<ImageLayout> => writeImageLayout(at(name), options);

  test(
    'an OCI image: push, inspect, list tags, pull with the same digest',
    async () => {
      const image = await makeLayout('oci');
      await skopeo('copy', `oci:${image.path}:latest`, remote('skopeo/oci'));
      await skopeo('copy', `oci:${image.path}:latest`, remote('skopeo/oci', 'b'));
      expect((await getManifest(server.url, 'skopeo/oci', '1')).digest).toBe(image.digest);

      const seen = JSON.parse(await skopeo('inspect', remote('skopeo/oci'))) as { Name: string; Digest: string; RepoTags: string[]; Layers: string[] };
      expect(seen.Name).toBe(`${host}/skopeo/oci`);
      expect(seen.Digest).toBe(image.digest);
      expect(seen.RepoTags).toEqual(['1', 'b']);
      expect(seen.Layers).toHaveLength(2);
      expect(JSON.parse(await skopeo('list-tags', `docker://${host}/skopeo/oci`))).toEqual({
        Repository: `${host}/skopeo/oci`,
        Tags: ['1', 'b'],
      });

      await mkdir(at('pulled'));
      await skopeo('copy', remote('skopeo/oci'), `oci:${at('pulled')}:latest`);
      const index = JSON.parse(await readFile(at('pulled/index.json'), 'utf8')) as { manifests: { digest: string }[] };
      expect(index.manifests.map((manifest) => manifest.digest)).toEqual([image.digest]);
    },
    slow,
  );

  test(
    'an index of two platforms goes in and out whole',
    async () => {
      const image = await makeLayout('multi', { architectures: ['amd64', 'arm64'] });
      await skopeo('copy', '--all', `oci:${image.path}:latest`, remote('skopeo/multi'));
      const raw = await skopeo('inspect', '--raw', remote('skopeo/multi'));
      expect(digestOf(Buffer.from(raw))).toBe(image.digest);
      const arm = JSON.parse(await skopeo('inspect', '--override-arch', 'arm64', remote('skopeo/multi'))) as { Architecture: string };
      expect(arm.Architecture).toBe('arm64');
      await skopeo('copy', '--all', remote('skopeo/multi'), `dir:${at('multi-dir')}`);
      expect(digestOf(await readFile(at('multi-dir/manifest.json')))).toBe(image.digest);
    },
    slow,
  );

  test(
    'a copy to another repository mounts the layers instead of sending them',
    async () => {
      const image = await makeLayout('mounted');
      await skopeo('copy', `oci:${image.path}:latest`, remote('skopeo/source'));
      const copied = await tools.tryRun('skopeo', ['--debug', 'copy', remote('skopeo/source'), remote('skopeo/target')]);
      expect(copied.exitCode).toBe(0);
      expect(copied.stderr.match(/\.\.\. mount OK/g)).toHaveLength(2);
      // Only the config is sent.
      expect(copied.stderr.match(/msg="PATCH http/g)).toHaveLength(1);
      expect((await getManifest(server.url, 'skopeo/target', '1')).digest).toBe(image.digest);
      await skopeo('copy', remote('skopeo/target'), `dir:${at('mounted-dir')}`);
    },
    slow,
  );

  test(
    'Docker schema 2, and zstd layers',
    async () => {
      const image = await makeLayout('formats', { compression: 'zstd' });
      await skopeo('copy', `oci:${image.path}:latest`, remote('skopeo/zstd'));
      const zstd = await getManifest(server.url, 'skopeo/zstd', '1');
      expect(zstd.digest).toBe(image.digest);
      expect(zstd.content.layers?.map((layer) => layer.mediaType)).toEqual(Array(2).fill('application/vnd.oci.image.layer.v1.tar+zstd'));
      await skopeo('copy', remote('skopeo/zstd'), `dir:${at('zstd-dir')}`);

      const gzip = await makeLayout('schema2');
      await skopeo('copy', '--format', 'v2s2', `oci:${gzip.path}:latest`, remote('skopeo/schema2'));
      const schema2 = await getManifest(server.url, 'skopeo/schema2', '1');
      expect(schema2.mediaType).toBe('application/vnd.docker.distribution.manifest.v2+json');
      await skopeo('copy', remote('skopeo/schema2'), `dir:${at('schema2-dir')}`);
      expect(digestOf(await readFile(at('schema2-dir/manifest.json')))).toBe(schema2.digest);
    },
    slow,
  );

  test(
    'delete takes the manifest with all its tags, and says what is missing afterwards',
    async () => {
      const image = await makeLayout('deleted');
      for (const tag of ['1', '2']) await skopeo('copy', `oci:${image.path}:latest`, remote('skopeo/deleted', tag));
      const other = await makeLayout('kept');
      await skopeo('copy', `oci:${other.path}:latest`, remote('skopeo/deleted', 'kept'));
      await skopeo('delete', remote('skopeo/deleted'));
      expect(await listTags(server.url, 'skopeo/deleted')).toEqual({ name: 'skopeo/deleted', tags: ['kept'] });
      const gone = await tools.tryRun('skopeo', ['inspect', remote('skopeo/deleted')]);
      expect(gone.exitCode).not.toBe(0);
      expect(gone.stderr).toContain(`reading manifest 1 in ${host}/skopeo/deleted: manifest unknown: manifest unknown`);
    },
    slow,
  );

  test(
    'a whole repository: sync into another one',
    async () => {
      for (const tag of ['1', '2']) {
        const image = await makeLayout(`sync-${tag}`);
        await skopeo('copy', `oci:${image.path}:latest`, remote('skopeo/synced', tag));
      }
      await skopeo('sync', '--src', 'docker', '--dest', 'docker', `${host}/skopeo/synced`, `${host}/copy`);
      expect(await listTags(server.url, 'copy/synced')).toEqual({ name: 'copy/synced', tags: ['1', '2'] });
    },
    slow,
  );
}

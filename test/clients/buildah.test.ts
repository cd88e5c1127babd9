/** buildah against the real server: images and indexes made from scratch, and a build on top of a pulled one. */
import { afterAll, expect, test } from 'bun:test';
import { readFile, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { needs } from '../support/needs.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { type ContainersTools, createContainersTools } from './support/containers-tools.ts';
import { getManifest } from './support/registry.ts';

const slow = 60_000;

if (needs('buildah', 'busybox')) {
  const server = await startServer();
  defineTests(server, await createContainersTools(new URL(server.url).host));
} else test.skip('buildah', () => {});

function defineTests(server: TestServer, tools: ContainersTools): void {
  const { host } = new URL(server.url);
  afterAll(async () => {
    await tools[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  const buildah = (...args: string[]): Promise<string> => tools.run('buildah', args);
  const at = (name: string): string => join(tools.folder, name);
  const name = (repository: string, reference = ':1'): string => `${host}/${repository}${reference}`;

  async function commitImage(architecture: string, file: string, ...commit: string[]): Promise<void> {
    const container = (await buildah('from', '--arch', architecture, 'scratch')).trim();
    // Another path makes another layer, so that no test finds another's blobs.
    await buildah('copy', container, '/bin/busybox', '/bin/busybox');
    await writeFile(at(file), file);
    await buildah('copy', container, at(file), `/${file}`);
    await buildah('config', '--arch', architecture, '--os', 'linux', '--cmd', '["/bin/busybox","echo","hi"]', container);
    await buildah('commit', '--rm', ...commit.slice(0, -1), container, ...commit.slice(-1).filter((tag) => tag !== ''));
  }

  for (const [format, mediaType] of [
    ['oci', 'application/vnd.oci.image.manifest.v1+json'],
    ['v2s2', 'application/vnd.docker.distribution.manifest.v2+json'],
  ] as const) {
    test(
      `commit, push and pull as ${format}`,
      async () => {
        await commitImage('amd64', `file-${format}`, `localhost/${format}:1`);
        await buildah('push', '--format', format, '--digestfile', at(`digest-${format}`), `localhost/${format}:1`, `docker://${name(`buildah/${format}`)}`);
        const digest = await readFile(at(`digest-${format}`), 'utf8');
        const stored = await getManifest(server.url, `buildah/${format}`, '1');
        expect({ digest: stored.digest, mediaType: stored.mediaType }).toEqual({ digest, mediaType });
        await buildah('rmi', `localhost/${format}:1`);
        await buildah('pull', '--quiet', name(`buildah/${format}`));
        expect((await buildah('inspect', '--type', 'image', '--format', '{{.FromImageDigest}}', name(`buildah/${format}`))).trim()).toBe(digest);
      },
      slow,
    );

    test(
      `an index of two platforms as ${format}`,
      async () => {
        const list = `localhost/list-${format}`;
        await buildah('manifest', 'create', list);
        for (const architecture of ['amd64', 'arm64']) await commitImage(architecture, `list-${format}-${architecture}`, '--manifest', list, '');
        await buildah(
          'manifest',
          'push',
          '--all',
          '--format',
          format,
          '--digestfile',
          at(`list-${format}`),
          list,
          `docker://${name(`buildah/list-${format}`)}`,
        );
        const stored = await getManifest(server.url, `buildah/list-${format}`, '1');
        expect(stored.digest).toBe(await readFile(at(`list-${format}`), 'utf8'));
        expect(stored.content.manifests?.map((child) => [child.mediaType, child.platform?.architecture])).toEqual([
          [mediaType, 'amd64'],
          [mediaType, 'arm64'],
        ]);
        await buildah('pull', '--quiet', '--arch', 'arm64', name(`buildah/list-${format}`));
      },
      slow,
    );
  }

  test(
    'a build on a pulled base, pushed with zstd, shares the layer of its base',
    async () => {
      await commitImage('amd64', 'base', 'localhost/base:1');
      await buildah('push', 'localhost/base:1', `docker://${name('buildah/base')}`);
      await buildah('rmi', 'localhost/base:1');
      await mkdir(at('context'));
      await writeFile(at('context/Containerfile'), `FROM ${name('buildah/base')}\nCOPY Containerfile /made\n`);
      await buildah('build', '--tag', 'localhost/derived:1', at('context'));
      await buildah('push', '--compression-format', 'zstd', '--digestfile', at('derived'), 'localhost/derived:1', `docker://${name('buildah/derived')}`);
      const derived = await getManifest(server.url, 'buildah/derived', '1');
      const base = await getManifest(server.url, 'buildah/base', '1');
      expect(derived.digest).toBe(await readFile(at('derived'), 'utf8'));
      expect(derived.content.layers?.slice(0, 1)).toEqual(base.content.layers?.slice(0, 1));
    },
    slow,
  );
}

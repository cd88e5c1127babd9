/** podman against the real server. */
import { afterAll, expect, test } from 'bun:test';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { needs } from '../support/needs.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { type ContainersTools, createContainersTools } from './support/containers-tools.ts';
import { type LayoutOptions, writeImageLayout } from './support/image-layout.ts';
import { getManifest, listTags } from './support/registry.ts';
import { run } from './support/run.ts';

const slow = 60_000;

if (needs('podman', 'busybox', 'runc')) {
  const server = await startServer();
  defineTests(server, await createContainersTools(new URL(server.url).host));
} else test.skip('podman', () => {});

function defineTests(server: TestServer, tools: ContainersTools): void {
  const { host } = new URL(server.url);
  afterAll(async () => {
    await tools[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  const podman = (...args: string[]): Promise<string> => tools.run('podman', args);
  const at = (name: string): string => join(tools.folder, name);
  const name = (repository: string, reference = ':1'): string => `${host}/${repository}${reference}`;

  /** A new image in podman's own store. */
  async function loadImage(image: string, options?: LayoutOptions): Promise<string> {
    const reference = `localhost/${image}:1`;
    const layout = await writeImageLayout(at(image), { ...options, reference });
    await run(['tar', '-C', layout.path, '-cf', `${layout.path}.tar`, '.']);
    await podman('load', '--quiet', '--input', `${layout.path}.tar`);
    return reference;
  }

  test(
    'push, pull with the same digest, run',
    async () => {
      const image = await loadImage('first');
      const id = (await podman('image', 'inspect', '--format', '{{.Id}}', image)).trim();
      await podman('push', '--digestfile', at('digest'), image, name('podman/first'));
      const digest = await readFile(at('digest'), 'utf8');
      expect((await getManifest(server.url, 'podman/first', '1')).digest).toBe(digest);
      await podman('rmi', '--force', id);
      expect((await podman('pull', '--quiet', name('podman/first'))).trim()).toBe(id);
      expect((await podman('image', 'inspect', '--format', '{{.Digest}}', name('podman/first'))).trim()).toBe(digest);
      expect(await podman('run', '--rm', '--network', 'none', name('podman/first'))).toBe('hi\n');
      await podman('rmi', '--force', id);
      await podman('pull', '--quiet', name('podman/first', `@${digest}`));
    },
    slow,
  );

  test(
    'a second repository mounts what the first holds',
    async () => {
      const image = await loadImage('mount');
      await podman('push', image, name('podman/source'));
      const pushed = await tools.tryRun('podman', ['--log-level', 'debug', 'push', image, name('podman/target')]);
      expect(pushed.exitCode).toBe(0);
      expect(pushed.stderr.match(/\.\.\. mount OK/g)).toHaveLength(2);
      expect((await getManifest(server.url, 'podman/target', '1')).digest).toBe((await getManifest(server.url, 'podman/source', '1')).digest);
    },
    slow,
  );

  test(
    'a manifest list of two platforms',
    async () => {
      const list = 'localhost/list:1';
      await podman('manifest', 'create', list);
      for (const architecture of ['amd64', 'arm64']) {
        const layout = await writeImageLayout(at(`list-${architecture}`), { architectures: [architecture] });
        await podman('manifest', 'add', '--arch', architecture, '--os', 'linux', list, `oci:${layout.path}:latest`);
      }
      await podman('manifest', 'push', '--all', '--digestfile', at('list-digest'), list, `docker://${name('podman/multi')}`);
      const stored = await getManifest(server.url, 'podman/multi', '1');
      expect(stored.digest).toBe(await readFile(at('list-digest'), 'utf8'));
      expect(stored.content.manifests?.map((child) => child.platform?.architecture)).toEqual(['amd64', 'arm64']);
      await podman('pull', '--quiet', '--arch', 'arm64', name('podman/multi'));
      expect((await podman('image', 'inspect', '--format', '{{.Architecture}}', name('podman/multi'))).trim()).toBe('arm64');
    },
    slow,
  );

  test(
    'Docker schema 2 and zstd on push',
    async () => {
      const image = await loadImage('formats');
      await podman('push', '--format', 'oci', '--compression-format', 'zstd', image, name('podman/zstd'));
      const zstd = await getManifest(server.url, 'podman/zstd', '1');
      expect(zstd.content.layers?.map((layer) => layer.mediaType)).toEqual(Array(2).fill('application/vnd.oci.image.layer.v1.tar+zstd'));
      await podman('pull', '--quiet', name('podman/zstd'));

      const other = await loadImage('schema2');
      await podman('push', '--format', 'v2s2', other, name('podman/schema2'));
      expect((await getManifest(server.url, 'podman/schema2', '1')).mediaType).toBe('application/vnd.docker.distribution.manifest.v2+json');
    },
    slow,
  );

  test(
    'search lists the catalog and the tags; an absent tag is named',
    async () => {
      const image = await loadImage('searched');
      for (const tag of ['a', 'b']) await podman('push', image, name('podman/searched', `:${tag}`));
      expect(await podman('search', '--format', '{{.Name}}', `${host}/podman/sea`)).toBe(`${host}/podman/searched\n`);
      const tags = (await podman('search', '--list-tags', name('podman/searched', ''))).trim().split('\n').slice(1);
      expect(tags.map((line) => line.split(/ +/))).toEqual(['a', 'b'].map((tag) => [name('podman/searched', ''), tag]));
      expect(await listTags(server.url, 'podman/searched')).toEqual({ name: 'podman/searched', tags: ['a', 'b'] });
      const absent = await tools.tryRun('podman', ['pull', name('podman/searched', ':9')]);
      expect(absent.exitCode).toBe(125);
      expect(absent.stderr).toContain('manifest unknown: manifest unknown');
    },
    slow,
  );
}

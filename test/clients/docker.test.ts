/**
 * A real dockerd, and the docker on PATH, against the real server: what a Docker user types and reads.
 * The texts are Docker's own; several of them print the code and message that the registry sent.
 */
import { afterAll, expect, test } from 'bun:test';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { needs } from '../support/needs.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { type DockerEngine, startDockerEngine } from './support/docker-engine.ts';
import { createFolder, sizeOf } from './support/folder.ts';
import { getManifest, listTags } from './support/registry.ts';

const layerCount = 6;
const slow = 60_000;

const engine = needs('dockerd', 'docker', 'busybox') ? await startDockerEngine('clients/docker.test.ts') : undefined;
if (engine === undefined) test.skip('docker', () => {});
else defineTests(await startServer(), engine);

function defineTests(server: TestServer, engine: DockerEngine): void {
  const { host } = new URL(server.url);
  afterAll(async () => {
    await engine[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  }, slow);
  const { docker, tryDocker } = engine;
  const name = (repository: string, reference = ''): string => `${host}/${repository}${reference}`;

  test(
    'push: each layer once, the same digest as ever, and a second push sends nothing',
    async () => {
      await buildImage(engine, name('nyapacchi', ':13'));
      const pushed = await docker(['push', name('nyapacchi', ':13')]);
      const stored = await getManifest(server.url, 'nyapacchi', '13');
      expect(readPush(pushed)).toEqual({ to: name('nyapacchi'), layers: layers('Pushed'), digest: stored.digest });
      expect(stored.mediaType).toBe('application/vnd.docker.distribution.manifest.v2+json');
      expect(readPush(await docker(['push', name('nyapacchi', ':13')]))).toEqual({
        to: name('nyapacchi'),
        layers: layers('Layer already exists'),
        digest: stored.digest,
      });
    },
    slow,
  );

  test(
    'search: name, description and stars as from Docker Hub',
    async () => {
      await buildImage(engine, name('team/web-shop', ':1'));
      await docker(['push', name('team/web-shop', ':1')]);
      const body = JSON.stringify({ description: 'Sells flowers' });
      expect((await fetch(`${server.url}/api/v1/repositories/team/web-shop`, { method: 'PATCH', body })).status).toBe(200);
      const format = '{{.Name}}|{{.Description}}|{{.StarCount}}|{{.IsOfficial}}';
      expect(await docker(['search', '--format', format, name('shop')])).toBe('team/web-shop|Sells flowers|0|\n');
      expect(await docker(['search', '--filter', 'is-official=true', '--limit', '5', '--format', format, name('shop')])).toBe('');
      expect(await docker(['search', '--format', format, name('nothing-here')])).toBe('');
    },
    slow,
  );

  test(
    'an immutable tag: another image is refused, once and with the reason',
    async () => {
      await buildImage(engine, name('released', ':1.2.0'));
      await docker(['push', name('released', ':1.2.0')]);
      await fetch(`${server.url}/api/v1/repositories/released/-/tag-rules`, { method: 'PUT', body: '{"immutable":["{release}"]}' });
      expect(await docker(['push', name('released', ':1.2.0')])).toContain('1.2.0: digest: sha256:');
      await buildImage(engine, name('released', ':1.2.0'));
      const refused = await tryDocker(['push', name('released', ':1.2.0')]);
      expect([refused.exitCode, refused.stderr]).toEqual([1, 'denied: 1.2.0 is immutable here, and is another image already: push a new tag\n']);
    },
    slow,
  );

  test(
    'pull: the digest that was pushed, then nothing newer',
    async () => {
      await buildImage(engine, name('pulled', ':1'));
      const { digest } = readPush(await docker(['push', name('pulled', ':1')]));
      const id = await docker(['image', 'inspect', '--format', '{{.Id}}', name('pulled', ':1')]);
      await docker(['rmi', name('pulled', ':1')]);
      const first = await docker(['pull', name('pulled', ':1')]);
      expect(first).toStartWith('1: Pulling from pulled\n');
      expect(count(first, /: Pull complete$/gm)).toBe(layerCount);
      expect(first).toEndWith(`Digest: ${digest}\nStatus: Downloaded newer image for ${name('pulled', ':1')}\n${name('pulled', ':1')}\n`);
      expect(await docker(['image', 'inspect', '--format', '{{.Id}}', name('pulled', ':1')])).toBe(id);
      expect(await docker(['pull', name('pulled', ':1')])).toContain(`Status: Image is up to date for ${name('pulled', ':1')}\n`);
      expect(await docker(['pull', name('pulled', `@${digest}`)])).toContain(`Digest: ${digest}\n`);
      expect(await docker(['run', '--rm', '--network', 'none', name('pulled', ':1')])).toBe('hi\n');
    },
    slow,
  );

  test(
    'push under another name mounts every layer',
    async () => {
      await buildImage(engine, name('mount/source', ':1'));
      const { digest } = readPush(await docker(['push', name('mount/source', ':1')]));
      await docker(['tag', name('mount/source', ':1'), name('mount/target', ':1')]);
      expect(readPush(await docker(['push', name('mount/target', ':1')]))).toEqual({
        to: name('mount/target'),
        layers: layers('Mounted from mount/source'),
        digest,
      });
      await docker(['rmi', name('mount/source', ':1'), name('mount/target', ':1')]);
      expect(await docker(['pull', name('mount/target', ':1')])).toContain(`Digest: ${digest}\n`);
    },
    slow,
  );

  test(
    'all tags of a repository: listed in order, and gone with their manifest',
    async () => {
      await buildImage(engine, name('gallery/ui', ':v1'));
      for (const tag of ['2', 'latest']) await docker(['tag', name('gallery/ui', ':v1'), name('gallery/ui', `:${tag}`)]);
      await docker(['push', '--all-tags', name('gallery/ui')]);
      expect(await listTags(server.url, 'gallery/ui')).toEqual({ name: 'gallery/ui', tags: ['2', 'latest', 'v1'] });

      const head = await fetch(`${server.url}/v2/gallery/ui/manifests/latest`, {
        method: 'HEAD',
        headers: { accept: 'application/vnd.docker.distribution.manifest.v2+json' },
      });
      const { digest } = await getManifest(server.url, 'gallery/ui', 'v1');
      expect(head.status).toBe(200);
      expect(head.headers.get('docker-content-digest')).toBe(digest);
      expect(head.headers.get('etag')).toBe(`"${digest}"`);
      expect(Number(head.headers.get('content-length'))).toBeGreaterThan(0);

      expect((await fetch(`${server.url}/v2/gallery/ui/manifests/${digest}`, { method: 'DELETE' })).status).toBe(202);
      expect(await listTags(server.url, 'gallery/ui')).toEqual({ name: 'gallery/ui', tags: [] });
      expect((await tryDocker(['pull', name('gallery/ui', ':v1')])).stderr).toContain(
        `manifest for ${name('gallery/ui', ':v1')} not found: manifest unknown: manifest unknown`,
      );
    },
    slow,
  );

  test(
    'a tag that is not there, in the words a Docker user knows',
    async () => {
      await buildImage(engine, name('known', ':1'));
      await docker(['push', name('known', ':1')]);
      const notFound = `Error response from daemon: manifest for ${name('known', ':9')} not found: manifest unknown: manifest unknown`;
      const pull = await tryDocker(['pull', name('known', ':9')]);
      expect({ exitCode: pull.exitCode, stderr: pull.stderr.trim() }).toEqual({ exitCode: 1, stderr: notFound });
      const started = await tryDocker(['run', '--rm', '--network', 'none', name('known', ':9')]);
      expect(started.exitCode).toBe(125);
      expect(started.stderr).toContain(`Unable to find image '${name('known', ':9')}' locally\ndocker: ${notFound}`);
      expect((await tryDocker(['pull', name('unknown/repository', ':1')])).stderr).toContain('not found');
    },
    slow,
  );

  test(
    'a manifest list of two platforms, made by docker manifest',
    async () => {
      for (const architecture of ['amd64', 'arm64']) {
        await buildImage(engine, name('multi', `:${architecture}`));
        await docker(['push', name('multi', `:${architecture}`)]);
      }
      const children = await Promise.all(['amd64', 'arm64'].map(async (tag) => (await getManifest(server.url, 'multi', tag)).digest));
      await docker(['manifest', 'create', '--insecure', name('multi', ':1'), name('multi', ':amd64'), name('multi', ':arm64')]);
      await docker(['manifest', 'annotate', '--arch', 'arm64', name('multi', ':1'), name('multi', ':arm64')]);
      const digest = (await docker(['manifest', 'push', '--insecure', name('multi', ':1')])).trim();
      const list = await getManifest(server.url, 'multi', '1');
      expect(list.mediaType).toBe('application/vnd.docker.distribution.manifest.list.v2+json');
      expect(list.digest).toBe(digest);
      expect(list.content.manifests?.map((child) => [child.digest, child.platform?.architecture])).toEqual([
        [children[0] ?? '', 'amd64'],
        [children[1] ?? '', 'arm64'],
      ]);
      await docker(['rmi', '--force', name('multi', ':amd64'), name('multi', ':arm64')]);
      expect(await docker(['pull', '--platform', 'linux/amd64', name('multi', ':1')])).toContain(`Digest: ${digest}\n`);
      expect((await tryDocker(['pull', '--platform', 'linux/s390x', name('multi', ':1')])).stderr).toContain('no matching manifest for linux/s390x');
      expect(JSON.parse(await docker(['manifest', 'inspect', '--insecure', name('multi', ':1')]))).toEqual(list.content);
    },
    slow,
  );

  test(
    'the server is killed in the middle of a push and started again: docker goes on by itself',
    async () => {
      await using folder = await createFolder();
      const killed = await startServer({ data: folder.path });
      const tag = `${new URL(killed.url).host}/killed:1`;
      await buildImage(engine, tag, 20_000_000);
      const push = docker(['push', tag], { timeoutMs: slow });
      while ((await sizeOf(folder.path)) < 8_000_000) await Bun.sleep(5);
      await killed.kill();
      await using again = await startServer({ data: folder.path, flags: ['--port', String(killed.port)] });
      const pushed = await push;
      expect(pushed).toMatch(/: Retrying in \d+ seconds?$/m);
      const { digest } = await getManifest(again.url, 'killed', '1');
      expect(pushed).toContain(`1: digest: ${digest} size:`);
      await docker(['rmi', tag]);
      expect(await docker(['pull', tag], { timeoutMs: slow })).toContain(`Digest: ${digest}\n`);
    },
    slow,
  );

  test(
    'a layer that rots on disk is noticed by docker',
    async () => {
      await buildImage(engine, name('rotten', ':1'));
      await docker(['push', name('rotten', ':1')]);
      const stored = await getManifest(server.url, 'rotten', '1');
      const layer = stored.content.layers?.at(-1)?.digest ?? '';
      await flipOneByte(server.data, layer);
      await docker(['rmi', name('rotten', ':1')]);
      expect((await tryDocker(['pull', name('rotten', ':1')])).stderr).toContain(`filesystem layer verification failed for digest ${layer}`);
    },
    slow,
  );
}

type Push = { readonly to: string; readonly layers: readonly string[]; readonly digest: string };

/** What became of each layer, without its id and its intermediate states. */
function readPush(output: string): Push {
  const to = /^The push refers to repository \[(.+)\]$/m.exec(output)?.[1] ?? '';
  const outcomes = output.split('\n').flatMap((line) => /^[0-9a-f]{12}: (?!Preparing|Waiting)(.+)$/.exec(line)?.[1] ?? []);
  return { to, layers: outcomes, digest: /: digest: (sha256:[0-9a-f]{64}) size: \d+$/m.exec(output)?.[1] ?? '' };
}

function layers(outcome: string): string[] {
  return Array.from({ length: layerCount }, () => outcome);
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** Six layers, as docker sends five at a time. Their content is new each time, so that no test finds another's layers. */
async function buildImage(engine: DockerEngine, tag: string, layerBytes = 20_000): Promise<void> {
  const context = join(engine.folder, `context-${randomBytes(6).toString('hex')}`);
  await mkdir(join(context, 'bin'), { recursive: true });
  await copyFile('/bin/busybox', join(context, 'bin/busybox'));
  await writeFile(join(context, 'bin/salt'), randomBytes(8));
  const files = Array.from({ length: layerCount - 1 }, (_, index) => `file-${index}`);
  for (const file of files) await writeFile(join(context, file), randomBytes(layerBytes));
  const dockerfile = ['FROM scratch', 'COPY bin /bin', ...files.map((file) => `COPY ${file} /${file}`), 'CMD ["/bin/busybox", "echo", "hi"]'];
  await writeFile(join(context, 'Dockerfile'), `${dockerfile.join('\n')}\n`);
  await engine.docker(['build', '--tag', tag, context]);
}

async function flipOneByte(dataFolder: string, digest: string): Promise<void> {
  const hex = digest.slice('sha256:'.length);
  const path = (await readdir(dataFolder, { recursive: true })).find((file) => file.includes(hex));
  if (path === undefined) throw new Error(`no file of ${digest} below the data folder`);
  const bytes = await readFile(join(dataFolder, path));
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  await writeFile(join(dataFolder, path), bytes);
}

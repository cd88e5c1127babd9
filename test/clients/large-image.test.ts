/**
 * One gigabyte with a real Debian in it, through real clients: a push that is killed on its way and
 * begun again, a pull, and a docker that runs what it pulled. The server must not hold it in memory.
 */
import { afterAll, expect, test } from 'bun:test';
import { once } from 'node:events';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { needs } from '../support/needs.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { createContainersTools, type ContainersTools } from './support/containers-tools.ts';
import { type DebianImage, makeDebianImage } from './support/debian-image.ts';
import { startDockerEngine } from './support/docker-engine.ts';
import { createFolder, sizeOf } from './support/folder.ts';
import { getManifest } from './support/registry.ts';

const suite = 'clients/large-image.test.ts';
const slow = 240_000;

const folder = await createFolder();
const image = needs('debootstrap', 'skopeo') ? await makeDebianImage(folder.path, suite) : undefined;
if (image === undefined) {
  await folder[Symbol.asyncDispose]();
  test.skip('a large image', () => {});
} else {
  const server = await startServer();
  defineTests(server, image, await createContainersTools(new URL(server.url).host));
}

function defineTests(server: TestServer, { path, digest, sizeBytes }: DebianImage, tools: ContainersTools): void {
  const { host } = new URL(server.url);
  // Left as it is: skopeo would compress it, for half a minute.
  const push = ['copy', '--preserve-digests', `oci:${path}:latest`, `docker://${host}/debian/large:1`];

  afterAll(async () => {
    await tools[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  }, slow);

  test(
    'a push is killed on its way: nothing is seen of it, and the next one completes',
    async () => {
      expect(sizeBytes).toBeGreaterThanOrEqual(1_000_000_000);
      const first = tools.start('skopeo', push);
      const ended = once(first, 'exit');
      while ((await sizeOf(server.data)) < 400_000_000) {
        if (first.exitCode !== null) throw new Error('the push was over before it could be killed');
        await Bun.sleep(10);
      }
      first.kill('SIGKILL');
      await ended;
      expect((await fetch(`${server.url}/v2/debian/large/manifests/1`)).status).toBe(404);

      await tools.run('skopeo', push, { timeoutMs: slow });
      expect((await getManifest(server.url, 'debian/large', '1')).digest).toBe(digest);
    },
    slow,
  );

  test(
    'pulled again, every byte is there, and the server held none of it in memory',
    async () => {
      const target = join(folder.path, 'pulled');
      // skopeo checks each digest while it copies.
      await tools.run('skopeo', ['copy', '--preserve-digests', `docker://${host}/debian/large:1`, `oci:${target}:latest`], { timeoutMs: slow });
      expect((await readdir(join(target, 'blobs/sha256'))).sort()).toEqual((await readdir(join(path, 'blobs/sha256'))).sort());
      await rm(target, { recursive: true });
      expect(await peakMemoryOf(server.pid)).toBeLessThan(sizeBytes / 4);
    },
    slow,
  );

  test.skipIf(!needs('dockerd', 'docker'))(
    'docker pulls it, runs it, and mounts it elsewhere',
    async () => {
      const engine = await startDockerEngine(suite);
      if (engine === undefined) return;
      await using _engine = engine;
      const pulled = await engine.docker(['pull', `${host}/debian/large:1`], { timeoutMs: slow });
      expect(pulled).toContain(`Digest: ${digest}\n`);
      expect(await engine.docker(['run', '--rm', '--network', 'none', `${host}/debian/large:1`])).toMatch(/^12\.\d+\n$/);
      await engine.docker(['tag', `${host}/debian/large:1`, `${host}/debian/again:1`]);
      const pushed = await engine.docker(['push', `${host}/debian/again:1`], { timeoutMs: slow });
      expect(pushed.match(/: Mounted from debian\/large$/gm)).toHaveLength(2);
    },
    slow,
  );
}

/** Bytes that the process held at most, in memory of its own. */
async function peakMemoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** containerd's ctr against the real server: the client of Kubernetes and of newer docker engines. It sends each blob in one PUT. */
import { afterAll, expect, test } from 'bun:test';
import { join } from 'node:path';
import { needs } from '../support/needs.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { type Containerd, startContainerd } from './support/containerd.ts';
import { type ImageLayout, type LayoutOptions, writeImageLayout } from './support/image-layout.ts';
import { getManifest } from './support/registry.ts';
import { run } from './support/run.ts';

const slow = 30_000;

const containerd = needs('containerd', 'ctr', 'busybox') ? await startContainerd('clients/containerd.test.ts') : undefined;
if (containerd === undefined) test.skip('containerd', () => {});
else defineTests(await startServer(), containerd);

function defineTests(server: TestServer, containerd: Containerd): void {
  const { host } = new URL(server.url);
  afterAll(async () => {
    await containerd[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  const ctr = (...args: string[]): Promise<string> => containerd.ctr(args);
  const name = (repository: string): string => `${host}/${repository}`;

  /** Imports a new image as `repository:latest`. */
  async function importImage(repository: string, options?: LayoutOptions): Promise<ImageLayout> {
    const layout = await writeImageLayout(join(containerd.folder, repository.replaceAll('/', '-')), options);
    await run(['tar', '-C', layout.path, '-cf', `${layout.path}.tar`, '.']);
    await ctr('images', 'import', '--all-platforms', '--base-name', name(repository), `${layout.path}.tar`);
    return layout;
  }

  async function digestOf(reference: string): Promise<string> {
    const listed = await ctr('images', 'ls', `name==${reference}`);
    return /sha256:[0-9a-f]{64}/.exec(listed)?.[0] ?? '';
  }

  async function forget(...repositories: string[]): Promise<void> {
    await ctr('images', 'rm', '--sync', ...repositories.map((repository) => `${name(repository)}:latest`));
  }

  for (const compression of ['gzip', 'zstd'] as const) {
    test(
      `push and pull with the same digest, ${compression} layers`,
      async () => {
        const repository = `ctr/${compression}`;
        const image = await importImage(repository, { compression });
        await ctr('images', 'push', '--plain-http', `${name(repository)}:latest`);
        expect((await getManifest(server.url, repository, 'latest')).digest).toBe(image.digest);
        await forget(repository);
        await ctr('images', 'pull', '--plain-http', `${name(repository)}:latest`);
        expect(await digestOf(`${name(repository)}:latest`)).toBe(image.digest);
      },
      slow,
    );
  }

  test(
    'an index of two platforms',
    async () => {
      const image = await importImage('ctr/multi', { architectures: ['amd64', 'arm64'] });
      await ctr('images', 'push', '--plain-http', `${name('ctr/multi')}:latest`);
      expect((await getManifest(server.url, 'ctr/multi', 'latest')).digest).toBe(image.digest);
      await forget('ctr/multi');
      await ctr('images', 'pull', '--plain-http', '--all-platforms', `${name('ctr/multi')}:latest`);
      expect(await digestOf(`${name('ctr/multi')}:latest`)).toBe(image.digest);
      const check = await ctr('images', 'check', `name==${name('ctr/multi')}:latest`);
      expect(check).toContain('complete');
      await ctr('images', 'pull', '--plain-http', '--platform', 'linux/arm64', `${name('ctr/multi')}@${image.digest}`);
    },
    slow,
  );

  test(
    'an image pulled from one repository is mounted into another',
    async () => {
      await using own = await startServer();
      const at = (repository: string): string => `${new URL(own.url).host}/${repository}:latest`;
      const layout = await writeImageLayout(join(containerd.folder, 'mount'));
      await run(['tar', '-C', layout.path, '-cf', `${layout.path}.tar`, '.']);
      await ctr('images', 'import', '--base-name', at('ctr/source').replace(':latest', ''), `${layout.path}.tar`);
      await ctr('images', 'push', '--plain-http', at('ctr/source'));
      await ctr('images', 'rm', '--sync', at('ctr/source'));
      // The pull notes where each blob came from, and the push asks to mount it from there.
      await ctr('images', 'pull', '--plain-http', at('ctr/source'));
      await ctr('images', 'tag', at('ctr/source'), at('ctr/target'));
      await ctr('images', 'push', '--plain-http', at('ctr/target'));
      expect((await getManifest(own.url, 'ctr/target', 'latest')).digest).toBe(layout.digest);

      // The log is whole once the server has stopped. A config and two layers: 201 at once, and nothing sent.
      await own.stop();
      const changes = await accessLogOf(own, 'ctr/target');
      expect(changes).toEqual([...Array<string>(3).fill('POST /v2/ctr/target/blobs/uploads/ 201'), 'PUT /v2/ctr/target/manifests/latest 201']);
    },
    slow,
  );

  test(
    'a tag that is not there',
    async () => {
      const absent = await containerd.tryCtr(['images', 'pull', '--plain-http', `${name('ctr/gzip')}:9`]);
      expect(absent.exitCode).toBe(1);
      expect(absent.stderr).toContain(`failed to resolve reference "${name('ctr/gzip')}:9": ${name('ctr/gzip')}:9: not found`);
    },
    slow,
  );
}

/** What was written to a repository, in order. */
async function accessLogOf(server: TestServer, repository: string): Promise<string[]> {
  while (!server.output.stderr.includes('"stopping"')) await Bun.sleep(5);
  const lines = server.output.stderr.split('\n').filter((line) => line.includes(`/v2/${repository}/`));
  const requests = lines.map((line) => JSON.parse(line) as { method: string; path: string; status: number });
  return requests.filter(({ method }) => method !== 'GET' && method !== 'HEAD').map(({ method, path, status }) => `${method} ${path} ${status}`);
}

/** Golden images with podman as it is: builds on them, is refused with the reason, and keeps the layers that lineage goes by. */
import { afterAll, expect, test } from 'bun:test';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ContainersTools, createContainersTools } from '../clients/support/containers-tools.ts';
import { writeImageLayout } from '../clients/support/image-layout.ts';
import { run } from '../clients/support/run.ts';
import { needs } from '../support/needs.ts';
import { startServer, type TestServer } from '../support/server.ts';

const slow = 120_000;

if (needs('podman', 'busybox', 'runc')) {
  const server = await startServer();
  defineTests(server, await createContainersTools(new URL(server.url).host));
} else test.skip('golden images with podman', () => {});

function defineTests(server: TestServer, tools: ContainersTools): void {
  const { host } = new URL(server.url);
  afterAll(async () => {
    await tools[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  const podman = (...args: string[]): Promise<string> => tools.run('podman', args);

  /** An image in the registry, and nowhere else. */
  async function publish(seed: string, reference: string): Promise<void> {
    const local = `localhost/${seed}:1`;
    const layout = await writeImageLayout(join(tools.folder, seed), { reference: local });
    await run(['tar', '-C', layout.path, '-cf', `${layout.path}.tar`, '.']);
    await podman('load', '--quiet', '--input', `${layout.path}.tar`);
    await podman('push', local, `${host}/${reference}`);
    await podman('rmi', '--force', local);
  }

  async function build(from: string, tag: string, labels = ''): Promise<void> {
    const context = join(tools.folder, `build-${tag.replaceAll(/\W/g, '-')}`);
    await mkdir(context, { recursive: true });
    await writeFile(join(context, 'page.html'), tag);
    await writeFile(join(context, 'Containerfile'), `FROM ${host}/${from}\n${labels}COPY page.html /page.html\n`);
    await podman('build', '--quiet', '--layers=false', '--pull-always', '--tag', `${host}/${tag}`, context);
  }

  async function ask(method: string, path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>> {
    const response = await fetch(`${server.url}/api/v1/${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Readonly<Record<string, unknown>>;
  }
  const imagesOf = async (repository: string, tag: string, what: string) =>
    (await ask('GET', `repositories/${repository}/-/images/${tag}/${what}`))['images'] as {
      golden: { state: string; tag: string }[];
      findings: { rule: string }[];
    }[];

  test(
    'what is built on a golden image is taken and marked when that moves; plain and copied labels are refused',
    async () => {
      await publish('aspnet', 'company/aspnet-core:3.0');
      await publish('nginx', 'library/nginx:1.25');
      await ask('POST', 'namespaces/company/golden-images', { repository: 'company/aspnet-core', tags: '3.*', reason: 'reviewed' });
      await ask('PUT', 'namespaces/shop/golden-policy', { from: ['company'] });

      await build('company/aspnet-core:3.0', 'shop/myapp:1.0.0');
      await podman('push', `${host}/shop/myapp:1.0.0`);
      expect((await imagesOf('shop/myapp', '1.0.0', 'lineage'))[0]?.golden).toMatchObject([{ tag: '3.0', state: 'current' }]);

      await build('library/nginx:1.25', 'shop/plain:1.0.0', 'LABEL framework=aspnet owner=golden-images@example.org\n');
      const refused = await tools.tryRun('podman', ['push', `${host}/shop/plain:1.0.0`]);
      expect(refused.exitCode).not.toBe(0);
      expect(refused.stderr).toContain('denied: an image in shop/plain must be based on an approved golden image, one of company/aspnet-core:3.*');

      await publish('aspnet-again', 'company/aspnet-core:3.0');
      expect((await imagesOf('shop/myapp', '1.0.0', 'lineage'))[0]?.golden).toMatchObject([{ tag: '3.0', state: 'outdated' }]);
    },
    slow,
  );

  test(
    'a base without a version is told by lint',
    async () => {
      await publish('unpinned', 'company/unpinned:latest');
      await build('company/unpinned', 'team/unpinned:1.0.0');
      await podman('push', `${host}/team/unpinned:1.0.0`);
      expect((await imagesOf('team/unpinned', '1.0.0', 'lint'))[0]?.findings.map(({ rule }) => rule)).toContain('base-unpinned');
    },
    slow,
  );
}

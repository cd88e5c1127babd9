/** The policy of golden images as `docker push` meets it. */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DockerEngine, startDockerEngine } from '../clients/support/docker-engine.ts';
import { run } from '../clients/support/run.ts';
import { makeImage } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { startServer, type TestServer } from '../support/server.ts';

setDefaultTimeout(120_000);

const engine = needs('dockerd', 'docker', 'tar') ? await startDockerEngine('golden/docker.test.ts') : undefined;
if (engine === undefined) test.skip('golden images with docker', () => {});
else defineTests(engine, await startServer());

function defineTests(docker: DockerEngine, server: TestServer): void {
  const { host } = new URL(server.url);
  afterAll(async () => {
    await docker[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  async function ask(method: string, path: string, body: unknown): Promise<void> {
    const response = await fetch(`${server.url}/api/v1/${path}`, { method, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  }

  async function build(from: string, tag: string): Promise<string> {
    const context = join(docker.folder, tag.replaceAll('/', '-').replaceAll(':', '-'));
    await mkdir(context, { recursive: true });
    await writeFile(join(context, 'page.html'), tag);
    await writeFile(join(context, 'Dockerfile'), `FROM ${from}\nLABEL framework=aspnet owner=golden-images@example.org\nCOPY page.html /page.html\n`);
    await docker.docker(['build', '--quiet', '--tag', `${host}/${tag}`, context]);
    return `${host}/${tag}`;
  }

  test('a push on a golden base is taken, one on another is denied with the reason and leaves nothing', async () => {
    const client = createRegistryClient(server.url);
    await client.pushImage('company/runtime', makeImage({ seed: 'runtime' }), '3.0');
    await ask('POST', 'namespaces/company/golden-images', { repository: 'company/runtime', tags: '3.*', reason: 'reviewed' });
    await ask('PUT', 'namespaces/shop/golden-policy', { from: ['company'] });

    await docker.docker(['push', await build(`${host}/company/runtime:3.0`, 'shop/web:1.0.0')]);

    const root = join(docker.folder, 'root');
    await mkdir(root);
    await writeFile(join(root, 'motd'), 'somewhere else');
    await run(['tar', '-C', root, '-cf', join(docker.folder, 'root.tar'), '.']);
    await docker.docker(['import', join(docker.folder, 'root.tar'), 'elsewhere:1']);
    const pushed = await docker.tryDocker(['push', await build('elsewhere:1', 'shop/plain:1.0.0')]);
    expect(pushed.exitCode).toBe(1);
    expect(pushed.stderr.trim()).toBe('denied: an image in shop/plain must be based on an approved golden image, one of company/runtime:3.*');
    expect((await fetch(`${server.url}/v2/shop/plain/manifests/1.0.0`)).status).toBe(404);
    expect((await fetch(`${server.url}/v2/shop/web/manifests/1.0.0`)).status).toBe(200);
  });
}

/** The same digest everywhere: what is pulled and pushed again stays what it was, whoever made it. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';
import { naruOn } from '../client-store/support/naru.ts';
import { createContainersTools } from '../clients/support/containers-tools.ts';
import { startDockerEngine } from '../clients/support/docker-engine.ts';
import { startDockerRegistry } from '../support/client/docker-registry.ts';
import { descriptorOf, jsonContent, makeImage, makeIndex, mediaTypes, type Content } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { createRegistryClient, type RegistryClient } from '../support/registry-client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// A busy machine takes its time, and nothing here is about time.
setDefaultTimeout(60_000);

let server: TestServer;
let registry: RegistryClient;
let host: string;

beforeAll(async () => {
  server = await startServer();
  registry = createRegistryClient(server.url);
  host = `127.0.0.1:${server.port}`;
});
afterAll(() => server[Symbol.asyncDispose]());

const amd64 = makeImage({ seed: 'amd', architecture: 'amd64', layers: 2 });
const arm64 = makeImage({ seed: 'arm', architecture: 'arm64', layers: 2 });
const platform = (content: Content, architecture: string, os = 'linux') => ({ ...descriptorOf(content), platform: { os, architecture } });
const index = jsonContent(mediaTypes.index, {
  schemaVersion: 2,
  mediaType: mediaTypes.index,
  manifests: [platform(amd64.manifest, 'amd64'), platform(arm64.manifest, 'arm64')],
});

async function pushIndex(repository: string): Promise<void> {
  await registry.pushImage(repository, amd64);
  await registry.pushImage(repository, arm64);
  await registry.pushManifest(repository, index, 'v1');
}

describe('an index', () => {
  test('gives the image for this machine, and keeps its own digest', async () => {
    await pushIndex('index/one');
    await using folder = await temporaryFolder('naru-index-');
    const naru = naruOn(join(folder.path, 'store'));
    const out = await naru.ok(['pull', '--platform', 'linux/arm64', `${host}/index/one:v1`]);
    expect(out).toContain(`Digest: ${index.digest}\n`);
    expect(await naru.ok(['images', '--no-trunc', '--format', '{{.ID}} {{.Digest}}', '--digests'])).toBe(`${arm64.config.digest} ${index.digest}\n`);
    // The other platform takes the name over.
    expect(await naru.ok(['pull', '--platform', 'linux/amd64', `${host}/index/one:v1`])).toContain('Status: Downloaded newer image');
    expect(await naru.ok(['images', '-q', '--no-trunc', `${host}/index/one:v1`])).toBe(`${amd64.config.digest}\n`);
  });

  test('of which one platform is here is pushed as that image, with a note', async () => {
    await pushIndex('index/two');
    await using folder = await temporaryFolder('naru-index-');
    const naru = naruOn(join(folder.path, 'store'));
    await naru.ok(['pull', '--platform', 'linux/arm64', `${host}/index/two:v1`]);
    await naru.ok(['tag', `${host}/index/two:v1`, `${host}/index/part:v1`]);
    const { exitCode, stdout, stderr } = await naru.run(['push', `${host}/index/part:v1`]);
    expect(exitCode).toBe(0);
    expect(stdout).toEndWith(`v1: digest: ${arm64.manifest.digest} size: ${arm64.manifest.bytes.length}\n`);
    expect(stderr).toBe(
      `Note: Not all multiplatform-content is present and only the available single-platform image was pushed\n${index.digest} -> ${arm64.manifest.digest}\n`,
    );
    expect((await registry.pullManifest('index/part', 'v1'))?.digest).toBe(arm64.manifest.digest);
  });

  test('that is here as a whole is pushed as a whole, unless a platform is chosen', async () => {
    await pushIndex('index/three');
    await using folder = await temporaryFolder('naru-index-');
    const naru = naruOn(join(folder.path, 'store'));
    await naru.ok(['pull', '--platform', 'linux/arm64', `${host}/index/three:v1`]);
    await naru.ok(['tag', `${host}/index/three:v1`, 'keep:arm']);
    await naru.ok(['pull', '--platform', 'linux/amd64', `${host}/index/three:v1`]);
    await naru.ok(['tag', `${host}/index/three:v1`, `${host}/index/whole:v1`]);
    expect(await naru.ok(['push', `${host}/index/whole:v1`])).toEndWith(`v1: digest: ${index.digest} size: ${index.bytes.length}\n`);
    expect((await registry.pullManifest('index/whole', 'v1'))?.digest).toBe(index.digest);
    expect(await naru.ok(['push', '--platform', 'linux/arm64', `${host}/index/whole:v1`])).toContain(`digest: ${arm64.manifest.digest}`);
    const missing = await naru.run(['push', '--platform', 'linux/s390x', `${host}/index/whole:v1`]);
    expect({ exitCode: missing.exitCode, stderr: missing.stderr }).toEqual({
      exitCode: 1,
      stderr: `image with reference ${host}/index/whole:v1 was found but does not provide the specified platform (linux/s390x)\n`,
    });
  });

  test('without the platform', async () => {
    await pushIndex('index/four');
    await using folder = await temporaryFolder('naru-index-');
    const naru = naruOn(join(folder.path, 'store'));
    const { exitCode, stderr } = await naru.run(['pull', '--platform', 'linux/s390x', `${host}/index/four:v1`]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr:
        'Error response from daemon: no matching manifest for linux/s390x in the manifest list entries\nnaru: to see what there is: naru remote tags NAME\n',
    });
  });

  test('of indexes', async () => {
    await pushIndex('index/five');
    const outer = makeIndex([index]);
    const named = jsonContent(mediaTypes.index, { ...(JSON.parse(new TextDecoder().decode(outer.bytes)) as object), manifests: [platform(index, 'amd64')] });
    await registry.pushManifest('index/five', named, 'nested');
    await using folder = await temporaryFolder('naru-index-');
    const naru = naruOn(join(folder.path, 'store'));
    expect(await naru.ok(['pull', '--platform', 'linux/amd64', `${host}/index/five:nested`])).toContain(`Digest: ${named.digest}\n`);
    expect(await naru.ok(['images', '-q', '--no-trunc'])).toBe(`${amd64.config.digest}\n`);
  });
});

describe.if(needs('docker-registry'))('through docker-registry', () => {
  test('and back', async () => {
    await registry.pushImage('there', amd64, 'v1');
    await using other = await startDockerRegistry();
    await using folder = await temporaryFolder('naru-other-');
    const naru = naruOn(join(folder.path, 'store'));
    await naru.ok(['pull', `${host}/there:v1`]);
    await naru.ok(['tag', `${host}/there:v1`, `${other.host}/there/too:v1`]);
    expect(await naru.ok(['push', `${other.host}/there/too:v1`])).toContain(`v1: digest: ${amd64.manifest.digest} `);
    const again = naruOn(join(folder.path, 'second'));
    expect(await again.ok(['pull', '--platform', 'linux/amd64', `${other.host}/there/too:v1`])).toContain(`Digest: ${amd64.manifest.digest}\n`);
    // A layer that is known to be in another repository there is mounted.
    await again.ok(['tag', `${other.host}/there/too:v1`, `${other.host}/there/three:v1`]);
    expect(await again.ok(['push', `${other.host}/there/three:v1`])).toContain(': Mounted from there/too\n');
    const missing = await again.run(['pull', `${other.host}/there/too:v2`]);
    expect({ exitCode: missing.exitCode, stderr: missing.stderr }).toEqual({
      exitCode: 1,
      stderr: `Error response from daemon: manifest for ${other.host}/there/too:v2 not found: manifest unknown: manifest unknown\nnaru: to see what there is: naru remote tags NAME\n`,
    });
  });

  test.if(needs('htpasswd'))('with a password', async () => {
    await registry.pushImage('locked', amd64, 'v1');
    await using other = await startDockerRegistry({ user: ['me', 'secret'] });
    await using folder = await temporaryFolder('naru-other-');
    const naru = naruOn(join(folder.path, 'store'));
    await naru.ok(['pull', `${host}/locked:v1`]);
    await naru.ok(['tag', `${host}/locked:v1`, `${other.host}/locked:v1`]);
    const refused = await naru.run(['push', `${other.host}/locked:v1`]);
    expect({ exitCode: refused.exitCode, stderr: refused.stderr }).toEqual({
      exitCode: 1,
      stderr: `no basic auth credentials\nnaru: log in first: naru login ${other.host}\n`,
    });
    expect(refused.stdout).toContain(': Preparing\n');
    await naru.ok(['login', '-u', 'me', '--password-stdin', other.host], Buffer.from('secret'));
    expect(await naru.ok(['push', `${other.host}/locked:v1`])).toContain(`v1: digest: ${amd64.manifest.digest} `);
  });
});

describe.if(needs('docker', 'dockerd'))('of docker', () => {
  test('an image in its own format', async () => {
    await registry.pushImage('for/docker', amd64, 'v1');
    await using engine = await startDockerEngine('equality.test.ts');
    if (engine === undefined) return;
    await engine.docker(['pull', `${host}/for/docker:v1`]);
    await engine.docker(['tag', `${host}/for/docker:v1`, `${host}/by/docker:v1`]);
    const digest = /digest: (\S+)/.exec(await engine.docker(['push', `${host}/by/docker:v1`]))?.[1];
    await using folder = await temporaryFolder('naru-docker-');
    const naru = naruOn(join(folder.path, 'store'));
    expect(await naru.ok(['pull', `${host}/by/docker:v1`])).toContain(`Digest: ${digest}\n`);
    const id = (await engine.docker(['images', '-q', '--no-trunc', `${host}/by/docker:v1`])).trim();
    expect((await naru.ok(['images', '-q', '--no-trunc'])).trim()).toBe(id);
    await naru.ok(['tag', `${host}/by/docker:v1`, `${host}/by/naru:v1`]);
    expect(await naru.ok(['push', `${host}/by/naru:v1`])).toContain(`v1: digest: ${digest} `);
    expect(await engine.docker(['pull', `${host}/by/naru:v1`])).toContain(`Digest: ${digest}\n`);
  });
});

describe.if(needs('podman'))('of podman', () => {
  test('an image in its own format', async () => {
    await registry.pushImage('for/podman', amd64, 'v1');
    await using tools = await createContainersTools(host);
    await tools.run('podman', ['pull', `${host}/for/podman:v1`]);
    await tools.run('podman', ['push', `${host}/for/podman:v1`, `${host}/by/podman:v1`]);
    const pushed = await registry.pullManifest('by/podman', 'v1');
    await using folder = await temporaryFolder('naru-podman-');
    const naru = naruOn(join(folder.path, 'store'));
    expect(await naru.ok(['pull', `${host}/by/podman:v1`])).toContain(`Digest: ${pushed?.digest}\n`);
    await naru.ok(['tag', `${host}/by/podman:v1`, `${host}/of/naru:v1`]);
    expect(await naru.ok(['push', `${host}/of/naru:v1`])).toContain(`v1: digest: ${pushed?.digest} `);
    await tools.run('podman', ['pull', `${host}/of/naru:v1`]);
  });
});

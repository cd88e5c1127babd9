/** `naru remote …` against Naru and against Debian's docker-registry. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type ClientHome, makeClientHome } from '../support/client/client-home.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/client/docker-registry.ts';
import { type Image, makeImage, makeIndex, makeManifest } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { createRegistryClient, type RegistryClient } from '../support/registry-client.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let home: ClientHome;
let registry: RegistryClient;
let host = '';
const amd64 = makeImage({ seed: 'remote-amd64', layers: 3, bytes: 300_000 });
const arm64 = makeImage({ seed: 'remote-arm64', architecture: 'arm64' });
const signature = makeImage({ seed: 'remote-signature', subject: amd64.manifest, artifactType: 'application/vnd.test.signature' });

beforeAll(async () => {
  server = await startServer();
  home = await makeClientHome();
  registry = createRegistryClient(server.url);
  host = `localhost:${server.port}`;
  await registry.pushImage('team/app', amd64, 'amd64');
  await registry.pushImage('team/app', arm64, 'arm64');
  await registry.pushImage('team/app', signature);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await home[Symbol.asyncDispose]();
});

const naru = (...args: readonly string[]) => home.run(args);

describe('reading', () => {
  test('tags, page after page', async () => {
    const tags = Array.from({ length: 1100 }, (_, index) => `t${String(index).padStart(4, '0')}`);
    await registry.pushImage('many/tags', amd64, 't0000');
    for (let at = 0; at < tags.length; at += 100)
      await Promise.all(tags.slice(at, at + 100).map((tag) => registry.pushManifest('many/tags', amd64.manifest, tag)));
    expect((await naru('remote', 'tags', `${host}/many/tags`)).stdout).toBe(tags.map((tag) => `${tag}\n`).join(''));
    expect(JSON.parse((await naru('remote', 'tags', '--json', `${host}/many/tags`)).stdout)).toEqual({ registry: host, name: 'many/tags', tags });
  });

  test('an image, as JSON and byte for byte', async () => {
    const { stdout } = await naru('remote', 'inspect', '--json', `${host}/team/app:amd64`);
    expect(JSON.parse(stdout)).toEqual({
      name: `${host}/team/app:amd64`,
      digest: amd64.manifest.digest,
      mediaType: amd64.manifest.mediaType,
      size: amd64.manifest.bytes.length,
      manifest: JSON.parse(new TextDecoder().decode(amd64.manifest.bytes)),
      config: JSON.parse(new TextDecoder().decode(amd64.config.bytes)),
    });
    expect((await naru('remote', 'inspect', '--raw', `${host}/team/app@${amd64.manifest.digest}`)).stdout).toBe(new TextDecoder().decode(amd64.manifest.bytes));
  });

  test('referrers, all and by type', async () => {
    const listed = async (...flags: string[]) =>
      (
        JSON.parse((await naru('remote', 'referrers', '--json', ...flags, `${host}/team/app:amd64`)).stdout) as { referrers: { digest: string }[] }
      ).referrers.map(({ digest }) => digest);
    expect(await listed()).toEqual([signature.manifest.digest]);
    expect(await listed('--artifact-type', 'application/vnd.test.signature')).toEqual([signature.manifest.digest]);
    expect(await listed('--artifact-type', 'application/other')).toEqual([]);
  });

  test.each([
    [['remote', 'inspect', 'HOST/team/app:none'], 'manifest unknown: manifest unknown\nnaru: to see what there is: naru remote tags NAME'],
    [['remote', 'tags', 'HOST/no/such'], 'name unknown: repository name not known to registry\nnaru: to see what there is: naru remote tags NAME'],
    [['remote', 'tags', 'HOST/Upper'], 'invalid reference format: repository name (Upper) must be lowercase'],
    [
      ['remote', 'tags', 'localhost:1/x'],
      'Get "http://localhost:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused\nnaru: is the name right, and is the registry up? Behind a proxy, set HTTPS_PROXY.',
    ],
    [
      ['remote', 'tags', 'registry.invalid/x'],
      'Get "https://registry.invalid/v2/": dial tcp: lookup registry.invalid: no such host\nnaru: is the name right, and is the registry up? Behind a proxy, set HTTPS_PROXY.',
    ],
  ])('%j', async (args, message) => {
    expect(await home.run(args.map((arg) => arg.replace('HOST', host)))).toEqual({ exitCode: 1, stdout: '', stderr: `naru: ${message}\n` });
  });
});

describe('search', () => {
  test('through the catalog where a registry has no search', async () => {
    expect((await naru('search', `${host}/app`)).stdout).toBe(
      `NAME${' '.repeat(host.length + 8)}DESCRIPTION   STARS     OFFICIAL\n${host}/team/app                 0         \n`,
    );
    expect((await naru('search', '--filter', 'stars=1', '--json', `${host}/app`)).stdout).toBe('[]\n');
    expect((await naru('search', '--filter', 'color=red', `${host}/app`)).stderr).toBe("Error response from daemon: invalid filter 'color'\n");
    expect((await naru('search', '--limit', '0', `${host}/app`)).stderr).toBe('Error response from daemon: limit 0 is outside the range of [1, 100]\n');
  });
});

describe('copying', () => {
  const index = makeIndex([amd64.manifest, arm64.manifest]);

  test('an index within a registry moves no layer', async () => {
    await registry.pushManifest('team/app', index, 'both');
    const { exitCode, stdout, stderr } = await naru('remote', 'copy', `${host}/team/app:both`, `${host}/other/app`);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `both: digest: ${index.digest} size: ${index.bytes.length}\n` });
    expect(stderr.match(/Mounted/g)?.length).toBe(6);
    expect((await registry.pullManifest('other/app', 'both'))?.bytes).toEqual(index.bytes);
    expect((await naru('remote', 'copy', `${host}/team/app:both`, `${host}/other/app`)).stderr).not.toMatch(/Copied|Mounted/);
  });

  test('one platform of an index', async () => {
    await naru('remote', 'copy', '--platform', 'linux/arm64', `${host}/team/app@${makeIndexWithPlatforms().digest}`, `${host}/none/app:x`);
    const withPlatforms = makeIndexWithPlatforms();
    await registry.pushManifest('team/app', withPlatforms, 'platforms');
    expect((await naru('remote', 'copy', '--platform', 'linux/arm64', '-q', `${host}/team/app:platforms`, `${host}/one/app:x`)).stdout).toBe(
      `${host}/one/app@${arm64.manifest.digest}\n`,
    );
    expect(await registry.listTags('one/app')).toEqual(['x']);
    expect((await naru('remote', 'copy', '--platform', 'plan9/386', `${host}/team/app:platforms`, `${host}/one/app:y`)).stderr).toBe(
      'naru: no matching manifest for plan9/386 in the manifest list entries\nnaru: to see what there is: naru remote tags NAME\n',
    );
  });

  describe.skipIf(!needs('docker-registry', 'htpasswd'))('to another registry', () => {
    let other: DockerRegistry;
    beforeAll(async () => {
      other = await startDockerRegistry({ user: ['alice', 's3cret'] });
      await home.run(['login', '-u', 'alice', '--password-stdin', other.host], { stdin: 's3cret' });
    });
    afterAll(() => other[Symbol.asyncDispose]());

    test('and back, with what refers to it, and the same digests', async () => {
      expect((await naru('remote', 'copy', '--referrers', `${host}/team/app:amd64`, `${other.host}/copied/app:v1`)).exitCode).toBe(0);
      // This registry lists no referrers: the client keeps the index that stands in for it.
      const referrers = await naru('remote', 'referrers', '--json', `${other.host}/copied/app:v1`);
      expect(JSON.parse(referrers.stdout)).toMatchObject({
        subject: amd64.manifest.digest,
        referrers: [{ digest: signature.manifest.digest, artifactType: 'application/vnd.test.signature' }],
      });
      expect((await naru('remote', 'copy', '--referrers', `${other.host}/copied/app:v1`, `${host}/back/app:v1`)).exitCode).toBe(0);
      expect((await registry.pullManifest('back/app', 'v1'))?.digest).toBe(amd64.manifest.digest);
      for (const { digest, bytes } of amd64.blobs) expect(await registry.pullBlob('back/app', digest)).toEqual(bytes);
      expect((await registry.pullManifest('back/app', signature.manifest.digest))?.bytes).toEqual(signature.manifest.bytes);
    });

    test('which deletes no tag alone, and says what to do', async () => {
      await naru('remote', 'copy', `${host}/team/app:arm64`, `${other.host}/copied/arm:v1`);
      const refused = await naru('remote', 'rm', `${other.host}/copied/arm:v1`);
      const byDigest = `${other.host}/copied/arm@${arm64.manifest.digest}`;
      expect(refused).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining(`naru: to delete the image with all its tags: naru remote rm ${byDigest}\n`),
      });
      expect((await naru('remote', 'rm', byDigest)).stdout).toBe(`Deleted: ${byDigest}\n`);
      expect((await naru('remote', 'inspect', byDigest)).exitCode).toBe(1);
    });
  });

  test('several platforms of an index are an index of those', async () => {
    const third = makeImage({ seed: 'remote-riscv64', architecture: 'riscv64' });
    await registry.pushImage('team/app', third, 'riscv64');
    await naru('remote', 'index', 'add', `${host}/team/app:three`, ...['amd64', 'arm64', 'riscv64'].map((tag) => `${host}/team/app:${tag}`));
    const two = ['--platform', 'linux/riscv64', '--platform', 'linux/amd64'];
    expect((await naru('remote', 'copy', ...two, `${host}/team/app:three`, `${host}/two/app:x`)).exitCode).toBe(0);
    const copied = await registry.pullManifest('two/app', 'x');
    const { manifests } = JSON.parse(new TextDecoder().decode(copied?.bytes)) as { manifests: { digest: string }[] };
    expect(manifests.map(({ digest }) => digest)).toEqual([amd64.manifest.digest, third.manifest.digest]);
    expect(await registry.pullManifest('two/app', arm64.manifest.digest)).toBeUndefined();
  });

  function makeIndexWithPlatforms() {
    const entries = [
      { ...amd64.manifest, platform: 'amd64' },
      { ...arm64.manifest, platform: 'arm64' },
    ].map(({ mediaType, digest, bytes, platform }) => ({ mediaType, digest, size: bytes.length, platform: { os: 'linux', architecture: platform } }));
    const bytes = new TextEncoder().encode(JSON.stringify({ schemaVersion: 2, mediaType: index.mediaType, manifests: entries }));
    return { ...makeIndexLike(bytes), mediaType: index.mediaType };
  }

  function makeIndexLike(bytes: Uint8Array<ArrayBuffer>) {
    return { bytes, digest: `sha256:${new Bun.CryptoHasher('sha256').update(bytes).digest('hex')}` };
  }
});

describe('assembling an index', () => {
  const architectures = ['amd64', 'arm64', 'riscv64', 's390x', 'ppc64le', '386'];

  test('several at once: nobody loses an entry', async () => {
    const images: [string, Image][] = architectures.map((architecture) => [architecture, makeImage({ seed: `index-${architecture}`, architecture })]);
    for (const [architecture, image] of images) await registry.pushImage('ci/parts', image, architecture);
    const ran = await Promise.all(architectures.map((architecture) => naru('remote', 'index', 'add', `${host}/ci/app:v1`, `${host}/ci/parts:${architecture}`)));
    expect(ran.map(({ exitCode, stderr }) => ({ exitCode, stderr: stderr.includes('naru:') ? stderr : '' }))).toEqual(
      ran.map(() => ({ exitCode: 0, stderr: '' })),
    );
    const pulled = await registry.pullManifest('ci/app', 'v1');
    const { manifests } = JSON.parse(new TextDecoder().decode(pulled?.bytes)) as { manifests: { digest: string; platform: { architecture: string } }[] };
    expect(Object.fromEntries(manifests.map(({ digest, platform }) => [platform.architecture, digest]))).toEqual(
      Object.fromEntries(images.map(([architecture, { manifest }]) => [architecture, manifest.digest])),
    );
  });

  test('the same platform takes the place of the old one', async () => {
    const next = makeImage({ seed: 'index-next', architecture: 'arm64' });
    await registry.pushImage('ci/next', arm64, 'old');
    await registry.pushImage('ci/next', next, 'new');
    await naru('remote', 'index', 'add', `${host}/ci/next:v1`, `${host}/ci/next:old`);
    const { stdout } = await naru('remote', 'index', 'add', '--json', `${host}/ci/next:v1`, `${host}/ci/next:new`);
    expect((JSON.parse(stdout) as { manifests: { digest: string }[] }).manifests.map(({ digest }) => digest)).toEqual([next.manifest.digest]);
  });

  test('only if nobody has changed it', async () => {
    await registry.pushImage('ci/once', arm64, 'arm');
    await registry.pushImage('ci/once', amd64, 'amd');
    const add = (condition: string, tag: string) =>
      naru('remote', 'index', 'add', '--json', '--if-match', condition, `${host}/ci/once:v1`, `${host}/ci/once:${tag}`);
    const { digest } = JSON.parse((await add('none', 'arm')).stdout) as { digest: string };
    const refused = await add('none', 'amd');
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(`naru: v1 is ${digest}, and not none\n`) as unknown });
    expect((await add(digest, 'amd')).exitCode).toBe(0);
    expect((await add(digest, 'amd')).exitCode).toBe(1);
    expect((await add('latest', 'amd')).stderr).toStartWith('naru: ');
  });

  test('what says no platform needs one, and a tag that is an image stays one', async () => {
    const artifact = makeManifest({ config: amd64.config, layers: [] });
    await registry.pushImage('ci/what', artifact, 'artifact');
    const bare = makeManifest({ config: { ...makeIndexConfig(), mediaType: 'application/vnd.oci.image.config.v1+json' }, layers: [] });
    await registry.pushImage('ci/what', bare, 'bare');
    expect((await naru('remote', 'index', 'add', `${host}/ci/what:v1`, `${host}/ci/what:bare`)).stderr).toBe(
      `naru: ${host}/ci/what does not say which platform it is for\nnaru: say it: --platform os/architecture\n`,
    );
    expect((await naru('remote', 'index', 'add', '--platform', 'linux/arm', `${host}/ci/what:v1`, `${host}/ci/what:bare`)).exitCode).toBe(0);
    expect((await naru('remote', 'index', 'add', `${host}/ci/what:artifact`, `${host}/team/app:amd64`)).stderr).toContain(
      'naru: artifact is an image, not an index\n',
    );
  });

  function makeIndexConfig() {
    const bytes = new TextEncoder().encode('{}');
    return { bytes, digest: `sha256:${new Bun.CryptoHasher('sha256').update(bytes).digest('hex')}` };
  }
});

describe('deleting', () => {
  test('a tag goes alone, a digest with all its tags, and a missing one is an error', async () => {
    const image = makeImage({ seed: 'remote-delete' });
    await registry.pushImage('gone/app', image, 'one');
    await registry.pushManifest('gone/app', image.manifest, 'two');
    const { exitCode, stdout, stderr } = await naru('remote', 'rm', `${host}/gone/app:one`, `${host}/gone/app:never`, `${host}/gone/app`);
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 1,
      stdout: `Untagged: ${host}/gone/app:one\n`,
      stderr: `naru: manifest unknown: manifest unknown\nnaru: to see what there is: naru remote tags NAME\nnaru: say what to delete of ${host}/gone/app: a tag or a digest\n`,
    });
    expect(await registry.listTags('gone/app')).toEqual(['two']);
    expect((await naru('remote', 'rm', `${host}/gone/app@${image.manifest.digest}`)).exitCode).toBe(0);
    expect(await registry.pullManifest('gone/app', 'two')).toBeUndefined();
  });
});

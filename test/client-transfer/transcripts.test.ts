/**
 * What people see, word for word: first against the texts that are written down here, then against
 * docker itself, which is asked to do the same with the same registry.
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';
import { naruOn } from '../client-store/support/naru.ts';
import { startDockerEngine } from '../clients/support/docker-engine.ts';
import { digestOf, makeImage, type Image } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { createRegistryClient, type RegistryClient } from '../support/registry-client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// A busy machine takes its time, and nothing here is about time.
setDefaultTimeout(60_000);

let server: TestServer;
let registry: RegistryClient;
let host: string;
let image: Image;

beforeAll(async () => {
  server = await startServer();
  registry = createRegistryClient(server.url);
  host = `127.0.0.1:${server.port}`;
  image = makeImage({ seed: 'gallery', layers: 6, bytes: 30_000 });
  await registry.pushImage('a/b', image, 'v1');
});
afterAll(() => server[Symbol.asyncDispose]());

const short = (digest: string) => digest.slice(7, 19);

describe('without a terminal', () => {
  test('pull', async () => {
    await using folder = await temporaryFolder('naru-words-');
    const naru = naruOn(join(folder.path, 'store'));
    const lines = (await naru.ok(['pull', `${host}/a/b:v1`])).split('\n');
    const layers = image.layers.map(({ digest }) => short(digest));
    expect(lines.slice(0, 7)).toEqual(['v1: Pulling from a/b', ...layers.map((id) => `${id}: Pulling fs layer`)]);
    for (const id of layers) {
      const states = ['Pulling fs layer', ...(layers.indexOf(id) < 3 ? [] : ['Waiting']), 'Verifying Checksum', 'Download complete', 'Pull complete'];
      expect(lines.filter((line) => line.startsWith(id))).toEqual(states.map((state) => `${id}: ${state}`));
    }
    expect(lines.slice(-4)).toEqual([`Digest: ${image.manifest.digest}`, `Status: Downloaded newer image for ${host}/a/b:v1`, `${host}/a/b:v1`, '']);
    expect(await naru.ok(['image', 'pull', `${host}/a/b:v1`])).toBe(
      `v1: Pulling from a/b\nDigest: ${image.manifest.digest}\nStatus: Image is up to date for ${host}/a/b:v1\n${host}/a/b:v1\n`,
    );
    expect(await naru.ok(['pull', '-q', `${host}/a/b:v1`])).toBe(`${host}/a/b:v1\n`);
  });

  test('push', async () => {
    await using folder = await temporaryFolder('naru-words-');
    const naru = naruOn(join(folder.path, 'store'));
    await naru.ok(['pull', '-q', `${host}/a/b:v1`]);
    await naru.ok(['tag', `${host}/a/b:v1`, `${host}/push/one:v1`]);
    const ids = diffIds(image).reverse();
    const end = `v1: digest: ${image.manifest.digest} size: ${image.manifest.bytes.length}`;
    const lines = (await naru.ok(['push', `${host}/push/one:v1`])).trimEnd().split('\n');
    expect(lines.slice(0, 8)).toEqual([`The push refers to repository [${host}/push/one]`, ...ids.map((id) => `${id}: Preparing`), `${ids[5]}: Waiting`]);
    expect(lines.slice(8, -1).sort()).toEqual(ids.map((id) => `${id}: Mounted from a/b`).sort());
    expect(lines.at(-1)).toBe(end);

    const again = (await naru.ok(['image', 'push', `${host}/push/one:v1`])).trimEnd().split('\n');
    expect(again.slice(8, -1).sort()).toEqual(ids.map((id) => `${id}: Layer already exists`).sort());
    expect(again.at(-1)).toBe(end);
    expect(await naru.ok(['push', '-q', `${host}/push/one:v1`])).toBe(`${host}/push/one:v1\n`);
  });

  const whatThereIs = 'naru: to see what there is: naru remote tags NAME';
  test.each([
    [['pull', 'HOST/a/b:v9'], 1, `Error response from daemon: manifest for HOST/a/b:v9 not found: manifest unknown: manifest unknown\n${whatThereIs}`],
    [['pull', '-a', 'HOST/a/b:v1'], 1, "tag can't be used with --all-tags/-a"],
    [['push', '-a', 'HOST/a/b:v1'], 1, "tag can't be used with --all-tags/-a"],
    [['push', 'HOST/a/nosuch'], 1, 'An image does not exist locally with the tag: HOST/a/nosuch'],
    [['push', `a/b@sha256:${'1'.repeat(64)}`], 1, 'cannot push a digest reference'],
    [['pull', '/image-gallery:v1'], 1, 'invalid reference format'],
    [['pull', 'docker.io/library/NGINX:latest'], 1, 'invalid reference format: repository name (library/NGINX) must be lowercase'],
    [
      ['tag', 'a/UPPER', 'x'],
      1,
      'Error parsing reference: "a/UPPER" is not a valid repository/tag: invalid reference format: repository name (a/UPPER) must be lowercase',
    ],
    [['pull'], 1, "naru: 'naru pull' requires 1 argument. See 'naru pull --help'."],
    [['pull', '--platfrom', 'x', 'a'], 125, "naru: unknown flag: --platfrom; did you mean --platform? See 'naru pull --help'."],
  ])('%j', async (args, exitCode, message) => {
    await using folder = await temporaryFolder('naru-words-');
    const result = await naruOn(join(folder.path, 'store')).run(args.map((arg) => arg.replace('HOST', host)));
    expect({ exitCode: result.exitCode, stderr: result.stderr }).toEqual({ exitCode, stderr: `${message.replaceAll('HOST', host)}\n` });
  });

  test('in Korean, what Docker prints stays, and what to do is Korean', async () => {
    await using folder = await temporaryFolder('naru-words-');
    const naru = naruOn(join(folder.path, 'store'), { LANG: 'ko_KR.UTF-8' });
    expect((await naru.ok(['pull', `${host}/a/b:v1`])).split('\n').slice(-3, -1)).toEqual([
      `Status: Downloaded newer image for ${host}/a/b:v1`,
      `${host}/a/b:v1`,
    ]);
    expect((await naru.run(['pull', `${host}/a/b:v9`])).stderr).toBe(
      `Error response from daemon: manifest for ${host}/a/b:v9 not found: manifest unknown: manifest unknown\nnaru: 무엇이 있는지 보려면: naru remote tags 이름\n`,
    );
    expect((await naru.run(['pull'])).stderr).toBe("naru: 'naru pull'에는 인자가 1개 필요합니다. 'naru pull --help'를 보세요.\n");
    expect(await naru.ok(['pull', '--help'])).toStartWith('사용법: naru pull [FLAGS] NAME[:TAG|@DIGEST]\n\n레지스트리에서 이미지를 내려받기\n');
  });
});

describe.if(needs('docker', 'dockerd'))('docker prints the same', () => {
  test('all along', async () => {
    await using engine = await startDockerEngine('transcripts.test.ts');
    if (engine === undefined) return;
    await using folder = await temporaryFolder('naru-words-');
    const naru = naruOn(join(folder.path, 'store'));
    await registry.pushManifest('a/b', image.manifest, 'v2');
    await registry.pushImage('a/newer', makeImage({ seed: 'gallery', layers: 7, bytes: 30_000 }), 'v1');

    const steps: string[][] = [
      ['pull', `${host}/a/b:v1`],
      ['pull', `${host}/a/b:v1`],
      ['image', 'pull', `${host}/a/b@${image.manifest.digest}`],
      ['pull', '-q', `${host}/a/b:v1`],
      ['pull', '-a', `${host}/a/b`],
      ['pull', `${host}/a/newer:v1`],
      ['pull', `${host}/a/b`],
      ['pull', `${host}/a/b:v9`],
      ['pull', '-a', `${host}/a/b:v9`],
      ['pull', 'a/UPPER'],
      ['tag', `${host}/a/b:v1`, `${host}/me/WHO:v1`],
      ['tag', `${host}/a/b:v1`, `${host}/me/WHO:v2`],
      ['push', `${host}/me/WHO:v1`],
      ['push', `${host}/me/WHO:v1`],
      ['push', '-q', `${host}/me/WHO:v1`],
      ['push', '-a', `${host}/me/WHO`],
      ['push', `${host}/me/WHO`],
      ['push', `${host}/me/nosuch`],
      ['push', '-a', `${host}/me/WHO:v1`],
    ];
    for (const step of steps) {
      const of = (who: string) => step.map((word) => word.replace('WHO', who));
      const docker = await engine.tryDocker(of('docker'));
      const ours = await naru.run(of('naru'));
      const said = (result: { exitCode: number | null; stdout: string; stderr: string }) => ({
        step,
        exitCode: result.exitCode,
        stdout: normalized(result.stdout, host),
        stderr: normalized(result.stderr, host),
      });
      expect(said(ours)).toEqual(said(docker));
    }
  });
});

/**
 * The last state of each layer, in the order of their names; who spoke, and to whom, left out. This docker
 * keeps no manifests and writes a new one for every push, in its own format: there ours may differ.
 */
function normalized(text: string, registryHost: string): string[] {
  const states = new Map<string, string>();
  const lines: string[] = [];
  for (const line of text.trimEnd().split('\n')) {
    if (line.startsWith('naru: ')) continue; // what to do next, which Docker does not say
    const [, id, state = ''] = /^([0-9a-f]{12}): (.*)$/.exec(line) ?? [];
    if (id === undefined)
      lines.push(
        line
          .replaceAll(registryHost, 'HOST')
          .replaceAll('me/docker', 'me/naru')
          .replace(/digest: sha256:[0-9a-f]{64} size: [0-9]+$/, 'digest: D size: N'),
      );
    else states.set(id, state);
  }
  return [...lines, ...[...states].map(([id, state]) => `${id}: ${state}`).sort()];
}

function diffIds({ config }: Image): string[] {
  const { rootfs } = JSON.parse(new TextDecoder().decode(config.bytes)) as { rootfs: { diff_ids: string[] } };
  if (digestOf(config.bytes) !== config.digest) throw new Error('not the config');
  return rootfs.diff_ids.map(short);
}

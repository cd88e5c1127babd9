/** What is amiss with images that were pushed, against the real program. */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test';
import { jsonContent, makeImage, makeManifest, mediaTypes } from '../support/image.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer } from '../support/server.ts';

setDefaultTimeout(60_000);

const server = await startServer();
afterAll(() => server[Symbol.asyncDispose]());
const client = createRegistryClient(server.url);

type Report = {
  digest: string;
  platform?: string;
  findings: { rule: string; step?: number; sizeBytes?: number }[];
  steps: { isInherited: boolean; sizeBytes: number }[];
};

test('lints what a build left behind, and holds nothing of the base against it', async () => {
  const base = makeImage({ seed: 'lint base' });
  await client.pushImage('golden/lint-base', base);
  await client.pushManifest('golden/lint-base', base.manifest, 'latest');
  const own = makeImage({ seed: 'lint own', layers: 2 });
  const config = jsonContent(mediaTypes.config, {
    architecture: 'amd64',
    os: 'linux',
    config: { Env: ['PATH=/bin', 'DB_PASSWORD=tall grass'] },
    rootfs: { type: 'layers', diff_ids: [] },
    history: [
      { created_by: 'ADD rootfs.tar / # buildkit' },
      { created_by: 'ENV DB_PASSWORD=tall grass', empty_layer: true },
      { created_by: 'COPY . /app # buildkit' },
      { created_by: 'RUN /bin/sh -c npm ci # buildkit' },
    ],
  });
  const app = makeManifest({ config, layers: [...base.layers, ...own.layers] });
  await client.pushImage('team/lint', app, 'latest');
  const response = await fetch(`${server.url}/api/v1/repositories/team/lint/-/images/latest/lint`);
  const { images } = (await response.json()) as { images: Report[] };
  const [report] = images;
  expect(report?.findings.map(({ rule }) => rule)).toEqual(['root-user', 'base-unpinned', 'only-latest', 'cache-hostile', 'secret-in-environment']);
  expect(report?.findings.find(({ rule }) => rule === 'cache-hostile')).toMatchObject({ step: 3, sizeBytes: own.layers[1]?.bytes.length ?? 0 });
  expect(report?.steps.map(({ isInherited }) => isInherited)).toEqual([true, false, false, false]);
  expect(report).toMatchObject({ digest: app.manifest.digest, platform: 'linux/amd64' });
  const printed = await runNaru(['lint', 'team/lint', '--server', server.url]);
  expect(printed).toMatchObject({ exitCode: 0, stderr: '' });
  expect(printed.stdout).toContain('warning: root-user: it runs as root');
  expect(printed.stdout).toContain('RUN npm ci');
  expect(printed.stdout).not.toContain('tall');
});

test('what is no image has nothing amiss, and what is not there is said to be so', async () => {
  const artifact = makeManifest({ config: jsonContent(mediaTypes.empty, {}), layers: [jsonContent('a/b', {})], artifactType: 'a/b' });
  await client.pushImage('team/lint-artifact', artifact, 'v1');
  const lint = async (reference: string) => fetch(`${server.url}/api/v1/repositories/team/lint-artifact/-/images/${reference}/lint`);
  expect(await (await lint('v1')).json()).toEqual({ digest: artifact.manifest.digest, images: [] });
  expect([(await lint('v2')).status, (await lint(`sha256:${'0'.repeat(64)}`)).status]).toEqual([404, 404]);
});

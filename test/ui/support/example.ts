/** A repository as a team has it: versions, moving tags, two platforms, a signature, and text that means no good. */
import { contentOf, type Content, type Image, jsonContent, makeImage, makeManifest, mediaTypes } from '../../support/image.ts';
import type { RegistryClient } from '../../support/registry-client.ts';

export const hostile = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>\u202Egnp.exe`;

export async function pushExample(client: RegistryClient, repository: string): Promise<{ index: Content; older: Image }> {
  const older = builtImage('1.27.1', 30_000);
  for (const [version, sizeBytes] of [
    ['1.26.3', 24_000],
    ['1.26.9', 26_000],
    ['1.26.10', 26_500],
    ['1.27.0-rc.1', 29_000],
    ['1.27.0', 29_500],
  ] as const)
    await client.pushImage(repository, builtImage(version, sizeBytes), version);
  await client.pushImage(repository, older, '1.27.1');
  await client.pushImage(repository, older, 'latest');
  await client.pushImage(repository, builtImage('1.27.2-alpine', 9000), '1.27.2-alpine');

  const [amd64, arm64] = [builtImage('1.27.2', 31_000), builtImage('1.27.2', 30_200, 'arm64')];
  for (const image of [amd64, arm64]) await client.pushImage(repository, image);
  const index = jsonContent(mediaTypes.index, {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: [
      { ...descriptor(amd64.manifest), platform: { os: 'linux', architecture: 'amd64' } },
      { ...descriptor(arm64.manifest), platform: { os: 'linux', architecture: 'arm64' } },
    ],
  });
  for (const tag of ['1.27.2', '1.27', '1', 'latest']) await client.pushManifest(repository, index, tag);
  const signature = makeManifest({
    config: contentOf(Buffer.from('{}'), mediaTypes.empty),
    layers: [],
    artifactType: 'application/vnd.dev.cosign.artifact.sig.v1+json',
    subject: index,
  });
  await client.pushImage(repository, signature);
  return { index, older };
}

/** With the notes that a builder leaves, and labels that somebody else chose. */
export function builtImage(seed: string, layerBytes: number, architecture = 'amd64'): Image {
  const plain = makeImage({ seed: `${seed} ${architecture}`, layers: 3, bytes: layerBytes, architecture });
  const config = jsonContent(mediaTypes.config, {
    architecture,
    os: 'linux',
    created: '2026-01-02T03:04:05Z',
    config: {
      Entrypoint: ['/docker-entrypoint.sh'],
      Cmd: ['nginx', '-g', 'daemon off;'],
      Env: ['PATH=/usr/local/sbin:/usr/sbin:/sbin', `NGINX_VERSION=${seed}`],
      ExposedPorts: { '80/tcp': {} },
      StopSignal: 'SIGQUIT',
      Labels: { 'org.opencontainers.image.title': 'nginx', 'org.opencontainers.image.description': hostile },
    },
    rootfs: { type: 'layers', diff_ids: plain.layers.map(({ digest }) => digest) },
    history: [
      { created_by: '/bin/sh -c #(nop) ADD file:9f2c41ab0d7e in / ' },
      { created_by: `ENV NGINX_VERSION=${seed}`, empty_layer: true },
      { created_by: 'RUN /bin/sh -c set -x && addgroup --system nginx && apk add --no-cache nginx && rm -rf /var/cache/apk # buildkit' },
      { created_by: 'COPY docker-entrypoint.sh / # buildkit' },
      { created_by: 'EXPOSE map[80/tcp:{}]', empty_layer: true },
      { created_by: `CMD ["nginx" "-g" "daemon off;"] ${hostile}`, empty_layer: true },
    ],
  });
  return makeManifest({ config, layers: plain.layers });
}

function descriptor({ mediaType, digest, bytes }: Content): { mediaType: string; digest: string; size: number } {
  return { mediaType, digest, size: bytes.length };
}

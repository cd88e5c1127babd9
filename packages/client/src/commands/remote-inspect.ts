/** `naru remote inspect REF`: what is behind a name, without pulling it. */
import type { Descriptor } from '@naru/oci/descriptor';
import { isIndexMediaType } from '@naru/oci/media-type';
import { formatPlatform, matchPlatform, parsePlatform } from '@naru/oci/platform';
import { canonicalString, withDefaultTag } from '@naru/oci/reference';
import { alignColumns } from '../format/table.ts';
import { getImageConfig, type ImageConfig, platformOf } from '../remote/image-platform.ts';
import { readManifest } from '../remote/manifests.ts';
import { printable, RemoteError } from '../remote/remote-error.ts';
import type { RemoteManifest, Repository } from '../remote/repository.ts';
import type { ClientCommand } from './command.ts';
import { manifestReference, openSession } from './session.ts';

export const remoteInspect: ClientCommand = async (line, { terminal, ...context }) => {
  const session = await openSession(line, { terminal, ...context });
  const reference = withDefaultTag(session.parseName(line.words?.[0] ?? ''));
  const { repository } = await session.open(reference);
  const manifest = await choose(repository, await repository.getManifest(manifestReference(reference)), line.values['platform']);
  if (line.switches.has('raw')) {
    await terminal.out(new TextDecoder().decode(manifest.bytes));
    return 0;
  }
  const parsed = readManifest(manifest);
  const config = parsed.config?.mediaType.includes('image') === true ? await getImageConfig(repository, manifest) : undefined;
  const about = { name: canonicalString(reference), digest: manifest.digest, mediaType: parsed.mediaType, size: manifest.bytes.length };
  if (line.switches.has('json')) {
    const document: unknown = JSON.parse(new TextDecoder().decode(manifest.bytes));
    await terminal.out(`${JSON.stringify({ ...about, manifest: document, ...(config && { config }) }, null, 2)}\n`);
    return 0;
  }
  await terminal.out(
    describe(
      { ...about, ...(parsed.artifactType !== undefined && parsed.artifactType !== parsed.config?.mediaType && { artifactType: parsed.artifactType }) },
      config,
    ),
  );
  await terminal.out(isIndexMediaType(parsed.mediaType) ? childTable(parsed.manifests) : layerTable(parsed.layers));
  return 0;
};

async function choose(repository: Repository, manifest: RemoteManifest, platform: string | undefined): Promise<RemoteManifest> {
  if (platform === undefined) return manifest;
  const parsed = readManifest(manifest);
  if (!isIndexMediaType(parsed.mediaType)) return manifest;
  const chosen = matchPlatform(parsePlatform(platform), parsed.manifests);
  if (chosen === undefined)
    throw new RemoteError('not-found', `no matching manifest for ${formatPlatform(parsePlatform(platform))} in the manifest list entries`);
  return repository.getManifest(chosen.digest);
}

function describe(about: Readonly<Record<string, string | number>>, config: ImageConfig | undefined): string {
  const platform = config && platformOf(config);
  const created = config?.['created'];
  const lines: [string, string][] = [
    ['Name', String(about['name'])],
    ['Digest', String(about['digest'])],
    ['MediaType', String(about['mediaType'])],
    ...(about['artifactType'] === undefined ? [] : [['ArtifactType', printable(String(about['artifactType']))] satisfies [string, string]]),
    ['Size', String(about['size'])],
    ...(platform === undefined ? [] : [['Platform', printable(formatPlatform(platform))] satisfies [string, string]]),
    ...(typeof created === 'string' ? [['Created', printable(created)] satisfies [string, string]] : []),
  ];
  return `${lines.map(([name, value]) => `${`${name}:`.padEnd(14)}${value}\n`).join('')}\n`;
}

function childTable(children: readonly Descriptor[]): string {
  return alignColumns([
    'PLATFORM\tDIGEST\tSIZE',
    ...children.map(({ platform, digest, size }) => `${platform === undefined ? '-' : printable(formatPlatform(platform))}\t${digest}\t${size}`),
  ]);
}

function layerTable(layers: readonly Descriptor[]): string {
  return alignColumns(['LAYER\tMEDIA TYPE\tSIZE', ...layers.map(({ digest, mediaType, size }) => `${digest}\t${printable(mediaType)}\t${size}`)]);
}

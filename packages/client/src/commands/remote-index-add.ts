/**
 * `naru remote index add INDEX IMAGE…`: puts images under one tag, each for its platform. Images of
 * other repositories are copied first. Several may add to one index at once: nobody's entry is lost.
 */
import { type Digest, parseDigest } from '@naru/oci/digest';
import { isIndexMediaType } from '@naru/oci/media-type';
import { formatPlatform, parsePlatform, type Platform } from '@naru/oci/platform';
import { canonicalName, type Reference, withDefaultTag } from '@naru/oci/reference';
import { copyImage } from '../remote/copy-image.ts';
import { getImageConfig, platformOf } from '../remote/image-platform.ts';
import { addToIndex, type IndexEntry } from '../remote/index-assembly.ts';
import { readManifest } from '../remote/manifests.ts';
import { RemoteError } from '../remote/remote-error.ts';
import type { Repository } from '../remote/repository.ts';
import { defaultRetryPolicy } from '../remote/retry.ts';
import { systemClock } from '../runtime/clock.ts';
import type { ClientCommand } from './command.ts';
import { manifestReference, openSession } from './session.ts';

export const remoteIndexAdd: ClientCommand = async (line, context) => {
  const session = await openSession(line, context);
  const [indexName = '', ...imageNames] = line.words ?? [];
  const index = withDefaultTag(session.parseName(indexName));
  if (index.tag === undefined) throw new Error(context.texts.index.byTag);
  const platform = line.values['platform'] === undefined ? undefined : parsePlatform(line.values['platform']);
  if (platform !== undefined && imageNames.length > 1) throw new Error(context.texts.index.platformForOne);
  const target = await session.openTarget(index);

  const entries: IndexEntry[] = [];
  for (const name of imageNames) {
    const image = withDefaultTag(session.parseName(name));
    entries.push(...(await entriesOf((await session.open(image)).repository, image, target, platform)));
  }
  const ifMatch = readCondition(line.values['if-match']);
  const result = await addToIndex({
    repository: target,
    tag: index.tag,
    entries,
    ...(ifMatch !== undefined && { ifMatch }),
    retry: defaultRetryPolicy,
    clock: systemClock,
  });
  if (line.switches.has('json')) {
    await context.terminal.out(
      `${JSON.stringify({ name: `${canonicalName(index)}:${index.tag}`, digest: result.digest, manifests: result.entries }, null, 2)}\n`,
    );
    return 0;
  }
  for (const entry of entries)
    await context.terminal.err(`${entry.platform === undefined ? entry.digest : formatPlatform(entry.platform)}: ${context.texts.index.added}\n`);
  await context.terminal.out(`${index.tag}: digest: ${result.digest} manifests: ${result.entries.length}\n`);
  return 0;
};

function readCondition(text: string | undefined): Digest | 'none' | undefined {
  return text === undefined || text === 'none' ? text : parseDigest(text);
}

/** Of an index all its entries, of an image the one that it is. */
async function entriesOf(source: Repository, image: Reference, target: Repository, platform: Platform | undefined): Promise<IndexEntry[]> {
  const manifest = await source.getManifest(manifestReference(image));
  if (source.registry !== target.registry || source.name !== target.name) {
    await copyImage({ source, target, sourceReference: manifest.digest, retry: defaultRetryPolicy, clock: systemClock });
  }
  const { mediaType, manifests } = readManifest(manifest);
  if (isIndexMediaType(mediaType)) {
    if (platform !== undefined) throw new RemoteError('refused', `${canonicalName(image)} is an index, which says itself what its images are for`);
    return [...manifests];
  }
  const found = platform ?? platformOf(await getImageConfig(source, manifest));
  if (found === undefined) {
    throw new RemoteError('refused', `${canonicalName(image)} does not say which platform it is for`, { remedy: { kind: 'say-platform' } });
  }
  return [{ mediaType, digest: manifest.digest, size: manifest.bytes.length, platform: found }];
}

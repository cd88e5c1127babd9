/** end-12: what refers to a manifest. Registries without the endpoint keep an index under the fallback tag. */
import { type Digest, digestAlgorithm, digestEncoded } from '@naru/oci/digest';
import type { Descriptor } from '@naru/oci/descriptor';
import { isIndexMediaType, mediaTypes } from '@naru/oci/media-type';
import { followPages } from './lists.ts';
import { getManifest, readManifest } from './manifests.ts';
import { isRemoteError } from './remote-error.ts';
import type { WithSignal } from './repository.ts';
import type { RepositoryAccess } from './repository-access.ts';

export async function listReferrers(
  access: RepositoryAccess,
  digest: Digest,
  { artifactType, signal }: WithSignal & { readonly artifactType?: string } = {},
): Promise<Descriptor[]> {
  const found = (await fromEndpoint(access, digest, artifactType, signal)) ?? (await fromTag(access, digest, signal));
  // A registry need not filter.
  return artifactType === undefined ? [...found] : found.filter((descriptor) => descriptor.artifactType === artifactType);
}

/** Where a registry without the endpoint keeps them: `sha256-<hex>`. */
export function referrersTag(digest: Digest): string {
  return `${digestAlgorithm(digest)}-${digestEncoded(digest)}`.slice(0, 128);
}

async function fromEndpoint(access: RepositoryAccess, digest: Digest, artifactType: string | undefined, signal: AbortSignal | undefined) {
  const query = artifactType === undefined ? '' : `?artifactType=${encodeURIComponent(artifactType)}`;
  const descriptors: Descriptor[] = [];
  try {
    const pages = followPages(
      `referrers/${digest}${query}`,
      (target, use) =>
        access.readFromRegistry(
          { method: 'GET', target, rights: ['pull'], headers: { accept: mediaTypes.ociIndex }, expect: [200], ...(signal && { signal }) },
          use,
        ),
      'the list of referrers',
    );
    for await (const json of pages) {
      const bytes = new TextEncoder().encode(JSON.stringify(json));
      descriptors.push(...readManifest({ bytes, mediaType: mediaTypes.ociIndex }).manifests);
    }
    return descriptors;
  } catch (error) {
    // Registries from before the endpoint answer 404; some take "referrers" for something they refuse.
    if (isRemoteError(error, 'not-found', 'refused') || (isRemoteError(error, 'broken-answer') && descriptors.length === 0)) return undefined;
    throw error;
  }
}

async function fromTag(access: RepositoryAccess, digest: Digest, signal: AbortSignal | undefined): Promise<readonly Descriptor[]> {
  try {
    const manifest = readManifest(await getManifest(access, referrersTag(digest), signal === undefined ? {} : { signal }));
    return isIndexMediaType(manifest.mediaType) ? manifest.manifests : [];
  } catch (error) {
    if (isRemoteError(error, 'not-found')) return [];
    throw error;
  }
}

/** Manifests: stored and served byte for byte (I5), and only on content that their repository holds (I4). */
import { type Digest, digestAlgorithm } from '@naru/oci/digest';
import { contentReferences, parseManifest } from '@naru/oci/manifest';
import { RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import { readImageLayers } from '../lineage/image-layers.ts';
import type { Actor, Manifest, Precondition } from '../metadata/port.ts';
import { hashBytes } from '../runtime/hash-bytes.ts';
import type { RegistryParts } from './registry.ts';
import { readTagMoment } from './tag-moment.ts';

/** What the last part of the address names. */
export type ManifestReference = { readonly kind: 'tag'; readonly tag: Tag } | { readonly kind: 'digest'; readonly digest: Digest };

export type ManifestPut = Actor & {
  readonly repository: RepositoryName;
  readonly reference: ManifestReference;
  /** Tags beside the reference (end-7b). */
  readonly tags: readonly Tag[];
  readonly bytes: Uint8Array;
  readonly contentType: string | undefined;
  readonly precondition: Precondition | undefined;
};

export type ManifestRules = {
  /** A tag that there is not may name one as it was (`tag-moment.ts`): that is no tag to count or to warn of. Throws MANIFEST_UNKNOWN. */
  get(repository: RepositoryName, reference: ManifestReference): Promise<Manifest & { readonly isFormer?: boolean }>;
  /** Throws MANIFEST_INVALID, MANIFEST_TOO_LARGE, MANIFEST_BLOB_UNKNOWN, DIGEST_INVALID, PRECONDITION_FAILED. */
  put(put: ManifestPut): Promise<{ digest: Digest; subject: Digest | undefined; tags: readonly Tag[] }>;
  /** A tag goes alone; a digest takes its tags along. Throws MANIFEST_UNKNOWN, CONTENT_REFERENCED. */
  remove(repository: RepositoryName, reference: ManifestReference, actor: Actor): Promise<void>;
};

export function createManifestRules({ rows, clock, limits }: RegistryParts): ManifestRules {
  async function findFormer(repository: RepositoryName, tag: Tag) {
    const moment = readTagMoment(tag);
    const digest = moment && (await rows.tags.findAt(repository, moment.tag, moment.at))?.digest;
    const manifest = digest && (await rows.manifests.find(repository, digest));
    return manifest && { ...manifest, isFormer: true };
  }

  return {
    async get(repository, reference) {
      const manifest = await (reference.kind === 'tag'
        ? rows.manifests.findByTag(repository, reference.tag)
        : rows.manifests.find(repository, reference.digest));
      const found = manifest ?? (reference.kind === 'tag' ? await findFormer(repository, reference.tag) : undefined);
      if (!found) throw new RegistryError('MANIFEST_UNKNOWN', { detail: reference.kind === 'tag' ? { tag: reference.tag } : { digest: reference.digest } });
      return found;
    },

    async put({ repository, reference, tags: extraTags, bytes, contentType, precondition, ...actor }) {
      if (bytes.length > limits.manifestMaxBytes) throw new RegistryError('MANIFEST_TOO_LARGE', { detail: { manifestMaxBytes: limits.manifestMaxBytes } });
      const digest = hashBytes(reference.kind === 'digest' ? digestAlgorithm(reference.digest) : 'sha256', bytes);
      if (reference.kind === 'digest' && reference.digest !== digest) {
        throw new RegistryError('DIGEST_INVALID', { detail: { provided: reference.digest, computed: digest } });
      }
      const parsed = parseManifest(bytes, contentType);
      const subject = parsed.subject?.digest;
      const image = readImageLayers(parsed);
      const tags = [...new Set(reference.kind === 'tag' ? [reference.tag, ...extraTags] : extraTags)];
      await rows.manifests.record({
        repository,
        manifest: {
          digest,
          mediaType: parsed.mediaType,
          bytes,
          references: contentReferences(parsed),
          ...(parsed.artifactType !== undefined && { artifactType: parsed.artifactType }),
          ...(subject && { subject }),
          ...(image && { image }),
        },
        tags,
        ...(precondition && { condition: { on: reference.kind === 'tag' ? reference.tag : reference.digest, precondition } }),
        at: clock.now(),
        ...actor,
      });
      return { digest, subject, tags };
    },

    remove: (repository, reference, actor) =>
      reference.kind === 'tag'
        ? rows.tags.remove({ repository, tag: reference.tag, at: clock.now(), ...actor })
        : rows.manifests.remove({ repository, digest: reference.digest, at: clock.now(), ...actor }),
  };
}

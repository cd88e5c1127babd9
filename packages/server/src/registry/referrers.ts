/**
 * Referrers: manifests whose `subject` is a given digest (end-12). A subject need not exist, so an
 * unknown one simply has none.
 *
 * Annotations are part of the list and may be as large as a manifest, and they are read from the
 * manifests themselves: a second copy in a row could only disagree. So a page is bounded by the bytes
 * of its manifests as well as by their number. Stock clients read no list above 4 MiB either.
 */
import type { Descriptor } from '@naru/oci/descriptor';
import type { Digest } from '@naru/oci/digest';
import { parseManifest } from '@naru/oci/manifest';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { Manifest, Page, Referrer } from '../metadata/port.ts';
import type { RegistryParts } from './registry.ts';

/** `next`: there are more, after this digest. */
export type ReferrersPage = {
  readonly descriptors: readonly Descriptor[];
  readonly next?: Digest;
  /** Those among them that the server itself has made. */
  readonly generated: ReadonlySet<Digest>;
};

export type ReferrerRules = {
  /** Descriptors with the referrer's artifact type and annotations, in order of digest: `limit` at most, fewer when they are large. */
  list(query: { repository: RepositoryName; subject: Digest; artifactType?: string } & Page<Digest>): Promise<ReferrersPage>;
};

/** Of the manifests behind one page (I6). A page holds one at least, however large it is. */
const pageMaxBytes = 3 * 2 ** 20;

export function createReferrerRules({ rows }: RegistryParts): ReferrerRules {
  return {
    async list({ repository, limit, ...query }) {
      const found = await rows.manifests.listReferrers({ repository, ...query, limit: limit + 1 });
      const fitting = takeFitting(found.slice(0, limit));
      const descriptors: Descriptor[] = [];
      for (const { digest } of fitting) {
        const manifest = await rows.manifests.find(repository, digest);
        if (manifest) descriptors.push(describe(manifest)); // else it was deleted since it was listed
      }
      const last = fitting.at(-1);
      const generated = new Set(fitting.filter(({ isGenerated }) => isGenerated === true).map(({ digest }) => digest));
      return { descriptors, generated, ...(last && found.length > fitting.length && { next: last.digest }) };
    },
  };
}

function takeFitting(referrers: readonly Referrer[]): readonly Referrer[] {
  let sumBytes = 0;
  const tooMany = referrers.findIndex(({ sizeBytes }) => (sumBytes += sizeBytes) > pageMaxBytes);
  return tooMany < 0 ? referrers : referrers.slice(0, Math.max(1, tooMany));
}

function describe({ digest, mediaType, bytes }: Manifest): Descriptor {
  const { artifactType, annotations } = parseManifest(bytes, mediaType);
  return {
    mediaType,
    digest,
    size: bytes.length,
    ...(artifactType !== undefined && { artifactType }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
}

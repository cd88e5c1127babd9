/**
 * Referrers: manifests whose `subject` is a given digest (end-12). A subject need not exist, so an
 * unknown one simply has none.
 */
import type { Descriptor } from '@naru/oci/descriptor';
import type { Digest } from '@naru/oci/digest';
import { parseManifest } from '@naru/oci/manifest';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { Page, Referrer } from '../metadata/port.ts';
import type { RegistryParts } from './registry.ts';

export type ReferrerRules = {
  /** Descriptors with the referrer's artifact type and annotations, in order of digest. */
  list(query: { repository: RepositoryName; subject: Digest; artifactType?: string } & Page<Digest>): Promise<Descriptor[]>;
};

export function createReferrerRules({ rows }: RegistryParts): ReferrerRules {
  return {
    list: async (query) => (await rows.manifests.listReferrers(query)).map(describe),
  };
}

/** The annotations are read from the stored bytes: a second copy in a row could only disagree. */
function describe({ digest, mediaType, bytes, artifactType }: Referrer): Descriptor {
  const { annotations } = parseManifest(bytes, mediaType);
  return {
    mediaType,
    digest,
    size: bytes.length,
    ...(artifactType !== undefined && { artifactType }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
}

import { type Digest, isDigest, parseDigest } from '@naru/oci/digest';
import { mediaTypes } from '@naru/oci/media-type';
import { RegistryError } from '@naru/oci/registry-error';
import { jsonReply } from '../http/reply.ts';
import type { RepositoryHandler } from './call.ts';
import { nextLink } from './page.ts';

/** end-12a, end-12b */
export const listReferrers: RepositoryHandler = async ({ request, registry, gate, caller, repository, target, limits }) => {
  const subject = parseDigest(target);
  const asked = request.query.get('artifactType');
  const artifactType = asked === null || asked === '' ? undefined : asked;
  const after = readAfter(request.query.get('last'));
  const { descriptors, next } = await registry.referrers.list({
    repository,
    subject,
    limit: limits.referrersPageMax,
    ...(artifactType !== undefined && { artifactType }),
    ...(after && { after }),
  });
  const manifests = [];
  for (const descriptor of descriptors) if (await gate.isShown(caller, repository, descriptor.digest)) manifests.push(descriptor);
  return jsonReply(
    200,
    { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests },
    {
      'content-type': mediaTypes.ociIndex,
      ...(artifactType !== undefined && { 'oci-filters-applied': 'artifactType' }),
      ...(next && nextLink(`/v2/${repository}/referrers/${subject}`, { ...(artifactType !== undefined && { artifactType }), last: next })),
    },
  );
};

function readAfter(last: string | null): Digest | undefined {
  if (last === null) return undefined;
  if (!isDigest(last)) throw new RegistryError('PAGE_INVALID', { message: 'last must be a digest', detail: { last } });
  return last;
}

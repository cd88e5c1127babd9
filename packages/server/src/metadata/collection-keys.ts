import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';

/** Where no row has been read yet: before every name and digest. */
export const beforeAll = { repository: '' as RepositoryName, digest: '' as Digest };

export function byRepository(items: readonly { repository: RepositoryName; digest: Digest }[]): Map<RepositoryName, Digest[]> {
  const groups = new Map<RepositoryName, Digest[]>();
  for (const { repository, digest } of items) {
    const group = groups.get(repository);
    if (group === undefined) groups.set(repository, [digest]);
    else group.push(digest);
  }
  return groups;
}

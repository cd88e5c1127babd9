/** What is hidden, for every pull. Where nobody reviews anything, this is one look into memory. */
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import { boundedCache } from '../bounded-cache.ts';
import type { MetadataDatabase } from '../database.ts';
import type { HotReviews, ReviewKey } from './port.ts';
import { isHiddenIn } from './staging.ts';

const keptRepositories = 4096;
/** Manifests of a repository that share one blob and are looked at (I6): the rest are taken to be like them. */
const holdersMax = 1000;

export function hotReviews({ read, dataVersion }: MetadataDatabase): HotReviews {
  const repositories = boundedCache<{ readonly isReviewed: boolean }>({ maxEntries: keptRepositories });
  let version: number | undefined;

  return {
    isReviewed,
    isHidden: async ({ repository, digest }) => (await isReviewed(repository)) && isHiddenIn(read, repository, digest),
    isHiddenBlob: async (key) => (await isReviewed(key.repository)) && !(await hasShownHolder(key)),

    async findShown(repository, tag) {
      const row = await read.selectFrom('shown_tag').select('digest').where('repository', '=', repository).where('tag', '=', tag).executeTakeFirst();
      return row?.digest;
    },

    async listShownTags(repository, { after = '', limit }) {
      const rows = await read
        .selectFrom('tag')
        .leftJoin('image_review', (join) => join.onRef('image_review.repository', '=', 'tag.repository').onRef('image_review.digest', '=', 'tag.digest'))
        .leftJoin('shown_tag', (join) => join.onRef('shown_tag.repository', '=', 'tag.repository').onRef('shown_tag.tag', '=', 'tag.name'))
        .select('tag.name')
        .where('tag.repository', '=', repository)
        .where('tag.name', '>', after as Tag) // it is only compared
        .where((eb) => eb.or([eb('image_review.state', 'is', null), eb('image_review.state', '=', 'approved'), eb('shown_tag.digest', 'is not', null)]))
        .orderBy('tag.name')
        .limit(limit)
        .execute();
      return rows.map(({ name }) => name);
    },
  };

  async function isReviewed(repository: RepositoryName): Promise<boolean> {
    const asked = dataVersion();
    if (asked === undefined || asked !== version) {
      repositories.clear();
      version = asked;
    }
    const known = repositories.get(repository);
    if (known !== undefined) return known.isReviewed;
    const row = await read.selectFrom('reviewed_repository').select('since').where('repository', '=', repository).executeTakeFirst();
    // Not when a commit came between: the answer may be older than it.
    if (asked !== undefined && asked === version && dataVersion() === asked) repositories.set(repository, { isReviewed: row !== undefined });
    return row !== undefined;
  }

  /** What no image has is nobody's to see, either: it may be of one that is being pushed. */
  async function hasShownHolder({ repository, digest }: ReviewKey): Promise<boolean> {
    const holders = await read
      .selectFrom('manifest_blob')
      .leftJoin('image_review', (join) =>
        join.onRef('image_review.repository', '=', 'manifest_blob.repository').onRef('image_review.digest', '=', 'manifest_blob.digest'),
      )
      .select('image_review.state')
      .where('manifest_blob.repository', '=', repository)
      .where('manifest_blob.blob_digest', '=', digest)
      .limit(holdersMax)
      .execute();
    return holders.some(({ state }) => state === null || state === 'approved');
  }
}

/** What is hidden, for every pull. Where nobody reviews anything, this is one look into memory. */
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import { boundedCache } from '../bounded-cache.ts';
import type { MetadataDatabase, Reader } from '../database.ts';
import type { HotReviews, ReviewKey } from './port.ts';

const keptRepositories = 4096;
/** Manifests of a repository that share one blob and are looked at (I6): the rest are taken to be like them. */
const holdersMax = 1000;

export function hotReviews({ read, dataVersion }: MetadataDatabase): HotReviews {
  const repositories = boundedCache<{ readonly isReviewed: boolean }>({ maxEntries: keptRepositories });
  let version: number | undefined;

  return {
    isReviewed,
    isHidden: async ({ repository, digest }) => (await isReviewed(repository)) && !(await isShownManifest({ repository, digest })),
    isHiddenBlob: async (key) => (await isReviewed(key.repository)) && !(await hasShownHolder(key)),

    async findShown(repository, tag) {
      const row = await read.selectFrom('shown_tag').select('digest').where('repository', '=', repository).where('tag', '=', tag).executeTakeFirst();
      return row?.digest;
    },

    async listShownTags(repository, { after = '', limit }) {
      const rows = await selectTags(read, repository)
        .select('tag.name')
        .where('tag.name', '>', after as Tag) // it is only compared
        .orderBy('tag.name')
        .limit(limit)
        .execute();
      return rows.map(({ name }) => name);
    },

    async listTagsShowing({ repository, digest }, limit) {
      const pointing = read.selectFrom('tag').select('name as tag').where('repository', '=', repository).where('digest', '=', digest);
      const showing = read.selectFrom('shown_tag').select('tag').where('repository', '=', repository).where('digest', '=', digest);
      const rows = await pointing.union(showing).orderBy('tag').limit(limit).execute();
      return rows.map(({ tag }) => tag);
    },

    async findShownSize(repository) {
      const shown = selectTags(read, repository);
      const { count } = await shown.select((eb) => eb.fn.countAll<number | string>().as('count')).executeTakeFirstOrThrow();
      const newest = await shown.select('tag.moved_at').where('shown_tag.digest', 'is', null).orderBy('tag.moved_at', 'desc').limit(1).executeTakeFirst();
      const blobs = read
        .selectFrom('manifest_blob')
        .innerJoin('blob', 'blob.digest', 'manifest_blob.blob_digest')
        .leftJoin('image_review', (join) =>
          join.onRef('image_review.repository', '=', 'manifest_blob.repository').onRef('image_review.digest', '=', 'manifest_blob.digest'),
        )
        .select(['blob.digest', 'blob.size_bytes'])
        .distinct()
        .where('manifest_blob.repository', '=', repository)
        .where((eb) => eb.or([eb('image_review.state', 'is', null), eb('image_review.state', '=', 'approved')]));
      const { bytes } = await read
        .selectFrom(blobs.as('shown'))
        .select((eb) => eb.fn.sum<number | string | null>('shown.size_bytes').as('bytes'))
        .executeTakeFirstOrThrow();
      // PostgreSQL counts and sums into text.
      return { tags: Number(count), sizeBytes: Number(bytes ?? 0), ...(newest && { taggedAt: newest.moved_at }) };
    },
  };

  async function isShownManifest({ repository, digest }: ReviewKey): Promise<boolean> {
    const row = await read
      .selectFrom('repository_manifest')
      .leftJoin('image_review', (join) =>
        join.onRef('image_review.repository', '=', 'repository_manifest.repository').onRef('image_review.digest', '=', 'repository_manifest.digest'),
      )
      .select('image_review.state')
      .where('repository_manifest.repository', '=', repository)
      .where('repository_manifest.digest', '=', digest)
      .executeTakeFirst();
    return row !== undefined && (row.state === null || row.state === 'approved');
  }

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

/** Those that show others anything. */
function selectTags(read: Reader, repository: RepositoryName) {
  return read
    .selectFrom('tag')
    .leftJoin('image_review', (join) => join.onRef('image_review.repository', '=', 'tag.repository').onRef('image_review.digest', '=', 'tag.digest'))
    .leftJoin('shown_tag', (join) => join.onRef('shown_tag.repository', '=', 'tag.repository').onRef('shown_tag.tag', '=', 'tag.name'))
    .where('tag.repository', '=', repository)
    .where((eb) => eb.or([eb('image_review.state', 'is', null), eb('image_review.state', '=', 'approved'), eb('shown_tag.digest', 'is not', null)]));
}

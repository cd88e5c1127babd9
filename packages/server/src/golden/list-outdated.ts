/** What stands on former versions of a golden image, a page at a time, for whoever may see it. */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { GoldenImage, GoldenVersion } from '../metadata/golden-port.ts';
import type { FindTags } from '../metadata/lineage-port.ts';
import type { MetadataStore } from '../metadata/port.ts';

/** `standsOn`: what the tag was on. `now`: what it is on; absent: it was deleted. */
export type Outdated = {
  readonly repository: RepositoryName;
  readonly tags: readonly Tag[];
  readonly digest: Digest;
  readonly tag: Tag;
  readonly standsOn: Digest;
  readonly now?: Digest;
};

/** Where a page goes on: in which version, behind which image. */
export type OutdatedCursor = { readonly tag: string; readonly image: string; readonly number: number };

const versionsMax = 500;
const placesMax = 100;
const tagsMax = 50;

type Rows = Pick<MetadataStore, 'golden' | 'outdated' | 'lineage'>;

/** `limit`: images that are looked at; some of them may be hidden from the caller or held in several places. */
export async function listOutdated(
  rows: Rows,
  entry: GoldenImage,
  findTags: FindTags,
  { after, limit }: { readonly after?: OutdatedCursor; readonly limit: number },
): Promise<{ items: Outdated[]; next?: OutdatedCursor }> {
  const versions = await rows.golden.listVersions(entry.id, { limit: versionsMax });
  const now = new Map(versions.filter(({ ended }) => ended === undefined).map(({ tag, pointed }) => [tag, pointed]));
  const former = versions.filter(({ ended }) => ended !== undefined);
  const begin =
    after === undefined
      ? 0
      : Math.max(
          0,
          former.findIndex((version) => isAt(version, after)),
        );
  const items: Outdated[] = [];
  let left = limit;
  for (const version of former.slice(begin)) {
    const behind = after !== undefined && isAt(version, after) ? after.number : 0;
    const page = await rows.outdated.list(version, { after: behind, limit: left });
    for (const { image } of page) items.push(...(await toItems(image, version, now.get(version.tag))));
    left -= page.length;
    const last = page.at(-1);
    if (left === 0 && last !== undefined) return { items, next: { tag: version.tag, image: version.image, number: last.number } };
  }
  return { items };

  async function toItems(digest: Digest, { tag, pointed }: GoldenVersion, current: Digest | undefined): Promise<Outdated[]> {
    const found: Outdated[] = [];
    for (const repository of await rows.lineage.listHolders(digest, placesMax)) {
      const tags = await findTags(repository, digest, tagsMax);
      if (tags !== undefined && tags.length > 0)
        found.push({ repository, tags, digest, tag, standsOn: pointed, ...(current !== undefined && { now: current }) });
    }
    return found;
  }
}

function isAt({ tag, image }: GoldenVersion, cursor: OutdatedCursor): boolean {
  return tag === cursor.tag && image === cursor.image;
}

/**
 * What an image would stand on if it was built again today: the nearest base that has, or had, a tag, where that tag is
 * on another image now, or the repository has a newer version of it. Where the nearest is still what its tag is on,
 * building again changes nothing.
 */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import { compareVersions, findVersion, type VersionTag } from '@naru/oci/version-tag';
import { findNow } from '../golden/golden-bases.ts';
import type { MetadataStore } from '../metadata/port.ts';
import type { Clock } from '../runtime/clock.ts';

/** `standsOn`, `nowImage`: images of one platform. `now`: what the tag is on, perhaps an index. `layers`: how many of the image's layers are the base's. */
export type NewerBase = {
  readonly base: RepositoryName;
  readonly tag: Tag;
  readonly standsOn: Digest;
  readonly now: Digest;
  readonly nowImage: Digest;
  readonly layers: number;
};

export type NewerBaseParts = {
  readonly rows: Pick<MetadataStore, 'lineage' | 'golden' | 'tags' | 'reviews'>;
  readonly clock: Clock;
  /** Undefined for what runs nowhere, or cannot be read. */
  platformOf(repository: RepositoryName, image: Digest): Promise<string | undefined>;
};

type Place = Pick<NewerBase, 'standsOn' | 'layers'>;
type Candidate = Omit<NewerBase, 'nowImage'>;

const basesMax = 20;
const holdersMax = 20;
const tagsMax = 20;
/** Tags of one repository among which newer versions are looked for. */
const versionsMax = 1000;
const membersMax = 50;

export async function findNewerBase(parts: NewerBaseParts, repository: RepositoryName, image: Digest): Promise<NewerBase | undefined> {
  const { lineage, golden, tags, reviews } = parts.rows;
  const platform = await parts.platformOf(repository, image);
  if (platform === undefined) return undefined;

  const approved = await listApproved();
  if (approved === 'current') return undefined;
  for (const candidate of approved) {
    const found = await toNewer(candidate);
    if (found !== undefined) return found;
  }
  for (const { digest, layers } of await lineage.listBases(image, basesMax)) {
    const found = await findFor({ standsOn: digest, layers });
    if (found !== undefined) return found === 'current' ? undefined : found;
  }
  return undefined;

  /** Of the nearest golden image: it is kept also when the former one was deleted. */
  async function listApproved(): Promise<Candidate[] | 'current'> {
    const now = parts.clock.now();
    const valid = (await golden.listUnder(image, basesMax)).filter(
      ({ entry, version }) => version.image !== image && entry.goneAt === undefined && (entry.until === undefined || entry.until > now),
    );
    const nearest = valid.filter(({ layers }) => layers === valid[0]?.layers);
    if (nearest.some(({ version }) => version.ended === undefined)) return 'current';
    const candidates: Candidate[] = [];
    for (const { entry, version, layers } of nearest) {
      const pointed = await findNow({ golden }, entry.id, version.tag);
      if (pointed !== undefined) candidates.push({ base: entry.repository, tag: version.tag, standsOn: version.image, layers, now: pointed });
    }
    return candidates;
  }

  async function findFor(place: Place): Promise<NewerBase | 'current' | undefined> {
    let isTagged = false;
    for (const base of await lineage.listHolders(place.standsOn, holdersMax)) {
      for (const { tag, digest } of await tags.listMovedFrom(base, place.standsOn, tagsMax)) {
        const found = await toNewer({ ...place, base, tag, now: digest });
        if (found !== undefined) return found;
      }
      const own = base === repository ? [] : await lineage.listTags(base, place.standsOn, tagsMax);
      isTagged ||= own.length > 0;
      const newer = await findNewerVersion(base, own);
      const found = newer && (await toNewer({ ...place, base, ...newer }));
      if (found !== undefined) return found;
    }
    return isTagged ? 'current' : undefined;
  }

  /** With as many numbers, the same first one and the same variant: `12.1-slim` gives way to `12.9-slim`, and to nothing else. */
  async function findNewerVersion(base: RepositoryName, own: readonly Tag[]): Promise<{ tag: Tag; now: Digest } | undefined> {
    const versions = own.flatMap((tag) => findVersion(tag) ?? []).filter(({ numbers }) => numbers.length > 1);
    if (versions.length === 0) return undefined;
    const others = (await tags.list(base, { limit: versionsMax })).flatMap((tag) => {
      const version = findVersion(tag);
      return version !== undefined && versions.some((one) => isNewer(version, one)) ? [{ tag, version }] : [];
    });
    const [newest] = others.toSorted((one, other) => compareVersions(one.version, other.version));
    const row = newest && (await tags.find(base, newest.tag));
    return row && { tag: row.tag, now: row.digest };
  }

  /** Undefined where nobody is shown it yet, or it has no image for this platform, or one that is built on this image, or that this image stands on. */
  async function toNewer(candidate: Candidate): Promise<NewerBase | undefined> {
    if (await reviews.hot.isHidden({ repository: candidate.base, digest: candidate.now })) return undefined;
    const isImage = (await lineage.find(candidate.now)) !== undefined;
    for (const nowImage of isImage ? [candidate.now] : await lineage.listMembers(candidate.now, membersMax)) {
      if (nowImage === image || nowImage === candidate.standsOn || (await parts.platformOf(candidate.base, nowImage)) !== platform) continue;
      if ((await lineage.standsOn(image, nowImage)) || (await lineage.standsOn(nowImage, image))) continue;
      return { ...candidate, nowImage };
    }
    return undefined;
  }
}

function isNewer(version: VersionTag, than: VersionTag): boolean {
  return (
    version.hasPrefix === than.hasPrefix &&
    version.variant === than.variant &&
    version.prerelease.length === 0 &&
    version.numbers.length === than.numbers.length &&
    version.numbers[0] === than.numbers[0] &&
    compareVersions(version, than) < 0
  );
}

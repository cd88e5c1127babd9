/**
 * Which image was built on which, for whoever asks: what is not there for them (`findTags`) is not named.
 * An index is described by its images, one for each platform.
 */
import type { Digest } from '@naru/oci/digest';
import { type GoldenBase, listGoldenBases } from '../golden/golden-bases.ts';
import type { FindTags, ImagePlace, KnownImage, NumberPage } from '../metadata/lineage-port.ts';
import type { MetadataStore } from '../metadata/port.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ClaimedBase } from './image-layers.ts';

/** `layers`: its own are the beginning of the others'. `annotation`: only said, by `org.opencontainers.image.base.digest`. */
export type Witness = 'layers' | 'annotation';

export type Relative = { readonly digest: Digest; readonly layers: number; readonly witness: Witness; readonly places: readonly ImagePlace[] };

export type Lineage = {
  readonly digest: Digest;
  readonly layers: number;
  /** What the image says itself. `confirmed`: its layers say the same. */
  readonly base?: ClaimedBase & { readonly confirmed: boolean };
  /** The nearest first. */
  readonly builtOn: readonly Relative[];
  readonly usedBy: readonly Relative[];
  /** Golden images that it stands on, of all catalogues. */
  readonly golden: readonly GoldenBase[];
  /** Where `usedBy` goes on. */
  readonly next?: number;
};

export type LineageParts = { readonly rows: Pick<MetadataStore, 'lineage' | 'golden'>; readonly clock: Clock };

/** Images of one index that are described. */
const imagesMax = 20;
const basesMax = 50;
const claimsMax = 20;
/** Repositories that hold one image, and tags on it in one of them. */
const placesMax = 20;
const tagsMax = 20;

export async function describeLineage(
  { rows: { lineage, golden }, clock }: LineageParts,
  digest: Digest,
  findTags: FindTags,
  page: NumberPage,
): Promise<Lineage[]> {
  return listImages();

  async function listImages(): Promise<Lineage[]> {
    const described: Lineage[] = [];
    for (const image of await imagesOf(digest, { lineage })) described.push(await describe(image));
    return described;
  }

  async function describe(image: KnownImage): Promise<Lineage> {
    const { digest: own, layers, base } = image;
    const dependants = await lineage.listDependants(own, page);
    const last = dependants.length < page.limit ? undefined : dependants.at(-1)?.number;
    return {
      digest: own,
      layers,
      ...(base && { base: { ...base, confirmed: await isConfirmed(image) } }),
      builtOn: [...(await toRelatives(await lineage.listBases(own, basesMax), 'layers')), ...(await toRelatives(await listClaimed(image), 'annotation'))],
      usedBy: [...(await toRelatives(dependants, 'layers')), ...(page.after === undefined ? await toRelatives(await listClaiming(own), 'annotation') : [])],
      golden: await listGolden(own),
      ...(last !== undefined && { next: last }),
    };
  }

  async function listGolden(own: Digest): Promise<GoldenBase[]> {
    const seen: GoldenBase[] = [];
    for (const base of await listGoldenBases({ golden }, own, clock.now()))
      if ((await findTags(base.repository, base.digest, 1)) !== undefined) seen.push(base);
    return seen;
  }

  async function isConfirmed({ digest: own, base }: KnownImage): Promise<boolean> {
    for (const one of await claimedImages(base)) if (await lineage.standsOn(own, one.digest)) return true;
    return false;
  }

  /** What it says to stand on, and does not by its layers. */
  async function listClaimed({ digest: own, base }: KnownImage): Promise<KnownImage[]> {
    const claimed: KnownImage[] = [];
    for (const one of await claimedImages(base)) {
      if (one.digest !== own && !(await lineage.standsOn(own, one.digest))) claimed.push(one);
    }
    // Of an index, which image of it is meant is known only when the layers agree with one.
    return claimed.length > 1 ? [] : claimed;
  }

  async function claimedImages(base: ClaimedBase | undefined): Promise<KnownImage[]> {
    return base?.digest === undefined ? [] : imagesOf(base.digest, { lineage });
  }

  async function listClaiming(own: Digest): Promise<KnownImage[]> {
    const names = [own, ...(await lineage.listIndexes(own, placesMax))];
    const claiming: KnownImage[] = [];
    for (const one of await lineage.listClaiming(names, claimsMax)) {
      if (one.digest !== own && !(await lineage.standsOn(one.digest, own))) claiming.push(one);
    }
    return claiming;
  }

  async function toRelatives(images: readonly KnownImage[], witness: Witness): Promise<Relative[]> {
    const relatives: Relative[] = [];
    for (const { digest: other, layers } of images) {
      const places = await listPlaces(other);
      if (places.length > 0) relatives.push({ digest: other, layers, witness, places });
    }
    return relatives;
  }

  async function listPlaces(other: Digest): Promise<ImagePlace[]> {
    const places: ImagePlace[] = [];
    for (const repository of await lineage.listHolders(other, placesMax)) {
      const tags = await findTags(repository, other, tagsMax);
      if (tags !== undefined) places.push({ repository, tags });
    }
    return places;
  }
}

/** The image itself, or those of an index. */
export async function imagesOf(digest: Digest, { lineage }: Pick<MetadataStore, 'lineage'>): Promise<KnownImage[]> {
  const itself = await lineage.find(digest);
  if (itself !== undefined) return [itself];
  const found: KnownImage[] = [];
  for (const member of await lineage.listMembers(digest, imagesMax)) {
    const image = await lineage.find(member);
    if (image !== undefined) found.push(image);
  }
  return found;
}

/** The golden images that an image stands on, and whether what it stands on is still what their tags are on. */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { GoldenImage, GoldenVersion } from '../metadata/golden-port.ts';
import type { MetadataStore } from '../metadata/port.ts';

/** `deleted`: the tag is gone. `expired`: nobody answers for it any more. */
export type GoldenState = 'current' | 'outdated' | 'deleted' | 'expired';

/** `digest`: what the tag was on. `now`: what it is on, when that is something else. */
export type GoldenBase = {
  readonly namespace: string;
  readonly repository: RepositoryName;
  readonly tag: Tag;
  readonly digest: Digest;
  readonly state: GoldenState;
  readonly now?: Digest;
};

const basesMax = 100;

/** The nearest first. */
export async function listGoldenBases({ golden }: Pick<MetadataStore, 'golden'>, image: Digest, at: number): Promise<GoldenBase[]> {
  const bases = new Map<string, { entry: GoldenImage; version: GoldenVersion }>();
  for (const found of await golden.listUnder(image, basesMax)) {
    const key = `${found.entry.id}:${found.version.tag}`;
    const known = bases.get(key);
    if (known === undefined || (known.version.ended !== undefined && found.version.ended === undefined)) bases.set(key, found);
  }
  return Promise.all([...bases.values()].map(({ entry, version }) => toBase(entry, version)));

  async function toBase(entry: GoldenImage, version: GoldenVersion): Promise<GoldenBase> {
    const { namespace, repository, id, until } = entry;
    const base = { namespace, repository, tag: version.tag, digest: version.pointed };
    if (until !== undefined && until <= at) return { ...base, state: 'expired' };
    if (version.ended === undefined) return { ...base, state: 'current' };
    const now = await findNow({ golden }, id, version.tag);
    return now === undefined ? { ...base, state: 'deleted' } : { ...base, state: 'outdated', now };
  }
}

/** What a tag of the catalogue is on now. */
export async function findNow({ golden }: Pick<MetadataStore, 'golden'>, id: string, tag: Tag): Promise<Digest | undefined> {
  const [newest] = await golden.listVersions(id, { tag, limit: 1 });
  return newest?.ended === undefined ? newest?.pointed : undefined;
}

import type { Digest } from '@naru/oci/digest';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import { chainsOf, type ImageLayers } from '../lineage/image-layers.ts';
import type { Insertable } from 'kysely';
import { chunks } from './chunks.ts';
import type { MetadataDatabase, Reader, Writer } from './database.ts';
import type { KnownImage, LineageRows } from './lineage-port.ts';
import { fixedQuery } from './fixed-query.ts';
import { listHolders, listParents } from './manifest-content.ts';
import type { Tables } from './schema.ts';

/** Of one list of layers, so that a thousand images that differ in their configuration only stand in nobody's way. */
const twinsMax = 20;
/** Prefixes are short rows: below every engine's limit of parameters. */
const rowsPerStatement = 200;

const columns = ['image_chain.id as number', 'image_chain.digest', 'image_chain.layers', 'base_digest', 'base_name'] as const;

export function lineageRows({ read, write }: MetadataDatabase): LineageRows {
  return {
    async find(digest) {
      const row = await read.selectFrom('image_chain').select(columns).where('digest', '=', digest).where('chain', 'is not', null).executeTakeFirst();
      return row && toImage(row);
    },

    async listBases(digest, limit) {
      const found: KnownImage[] = [];
      for (const chain of (await listPrefixes(read, digest)).toReversed()) {
        if (found.length >= limit) break;
        const rows = await read
          .selectFrom('image_chain')
          .select(columns)
          .where('chain', '=', chain)
          .orderBy('id')
          .limit(Math.min(twinsMax, limit - found.length))
          .execute();
        found.push(...rows.map(toImage));
      }
      return found;
    },

    async listDependants(digest, { after = 0, limit }) {
      const chain = await findChain(read, digest);
      if (chain === undefined) return [];
      const rows = await read
        .selectFrom('image_prefix')
        .innerJoin('image_chain', 'image_chain.id', 'image_prefix.image')
        .select(columns)
        .where('image_prefix.chain', '=', chain)
        .where('image_prefix.image', '>', after)
        .orderBy('image_prefix.image')
        .limit(limit)
        .execute();
      return rows.map(toImage);
    },

    async listClaiming(bases, limit) {
      const found: KnownImage[] = [];
      for (const base of bases) {
        const rows = await read
          .selectFrom('image_chain')
          .select(columns)
          .where('base_digest', '=', base)
          .orderBy('id')
          .limit(limit - found.length)
          .execute();
        found.push(...rows.map(toImage));
        if (found.length >= limit) break;
      }
      return found;
    },

    async standsOn(digest, base) {
      const chain = await findChain(read, base);
      if (chain === undefined) return false;
      const row = await read
        .selectFrom('image_chain')
        .innerJoin('image_prefix', 'image_prefix.image', 'image_chain.id')
        .select('image_prefix.image')
        .where('image_chain.digest', '=', digest)
        .where('image_prefix.chain', '=', chain)
        .executeTakeFirst();
      return row !== undefined;
    },

    async listMembers(index, limit) {
      const [repository] = await listHolders(read, index, { limit: 1 });
      return repository === undefined ? [] : listMembers(read, repository, index, limit);
    },

    async listIndexes(digest, limit) {
      const found = new Set<Digest>();
      for (const repository of await listHolders(read, digest, { limit })) {
        for (const index of await listParents(read, repository, digest, limit)) found.add(index);
        if (found.size >= limit) break;
      }
      return [...found].slice(0, limit);
    },

    listHolders: (digest, limit) => listHolders(read, digest, { limit }),

    listTags: (repository, digest, limit) => listTags(read, repository, digest, limit),

    async listUnread(limit) {
      const rows = await read
        .selectFrom('manifest')
        .select((eb) => [
          'digest',
          'bytes',
          eb.selectFrom('repository_manifest').select('media_type').whereRef('repository_manifest.digest', '=', 'manifest.digest').limit(1).as('mediaType'),
        ])
        .where((eb) => eb.not(eb.exists(eb.selectFrom('image_chain').select('id').whereRef('image_chain.digest', '=', 'manifest.digest'))))
        .limit(limit)
        .execute();
      return rows.map(({ mediaType, ...row }) => ({ ...row, mediaType: mediaType ?? '' }));
    },

    record: (digest, image) =>
      write(async (tx) => {
        // It may have been deleted since it was listed.
        const held = await tx.selectFrom('manifest').select('digest').where('digest', '=', digest).executeTakeFirst();
        if (held !== undefined) await recordLineage(tx, digest, image);
      }),
  };
}

const insertChain = fixedQuery((db, { digest, chain, layers, base_digest, base_name }: Insertable<Tables['image_chain']>) =>
  db
    .insertInto('image_chain')
    .values({ digest, chain, layers, base_digest, base_name })
    .onConflict((conflict) => conflict.column('digest').doNothing())
    .returning('id'),
);

/** In the transaction of the push. Once for each manifest, since what it says never changes. */
export async function recordLineage(tx: Writer, digest: Digest, image: ImageLayers | undefined): Promise<void> {
  const chains = image === undefined ? [] : chainsOf(image.layers);
  const inserted = await insertChain(tx, {
    digest,
    // Above the longest that is looked at, it is a base of nothing.
    chain: image === undefined ? null : image.layers.length === chains.length ? (chains.at(-1) ?? null) : digest,
    layers: image?.layers.length ?? 0,
    base_digest: image?.base?.digest ?? null,
    base_name: image?.base?.name ?? null,
  });
  const [row] = inserted.rows;
  if (row === undefined) return;
  const below = image?.layers.length === chains.length ? chains.slice(0, -1) : chains;
  for (const chunk of chunks(
    below.map((chain, index) => ({ chain, image: row.id, layers: index + 1 })),
    rowsPerStatement,
  )) {
    await tx.insertInto('image_prefix').values(chunk).execute();
  }
}

/** The whole list of its layers, and each beginning of it, the shortest first. */
export async function listStanding(db: Reader, digest: Digest): Promise<Digest[]> {
  const chain = await findChain(db, digest);
  return chain === undefined ? [] : [...(await listPrefixes(db, digest)), chain];
}

/** The tags on an image, and on the indexes that it belongs to. */
export async function listTags(db: Reader, repository: RepositoryName, digest: Digest, limit: number): Promise<Tag[]> {
  const digests = [digest, ...(await listParents(db, repository, digest, limit))];
  const rows = await db.selectFrom('tag').select('name').distinct().where('repository', '=', repository).where('digest', 'in', digests).limit(limit).execute();
  return rows.map(({ name }) => name).toSorted();
}

async function findChain(db: Reader, digest: Digest): Promise<Digest | undefined> {
  const row = await db.selectFrom('image_chain').select('chain').where('digest', '=', digest).executeTakeFirst();
  return row?.chain ?? undefined;
}

async function listPrefixes(db: Reader, digest: Digest): Promise<Digest[]> {
  const rows = await db
    .selectFrom('image_chain')
    .innerJoin('image_prefix', 'image_prefix.image', 'image_chain.id')
    .select('image_prefix.chain')
    .where('image_chain.digest', '=', digest)
    .orderBy('image_prefix.layers')
    .execute();
  return rows.map(({ chain }) => chain);
}

/** The manifests of an index. */
export async function listMembers(db: Reader, repository: RepositoryName, index: Digest, limit: number): Promise<Digest[]> {
  const rows = await db
    .selectFrom('manifest_child')
    .select('child_digest')
    .where('repository', '=', repository)
    .where('digest', '=', index)
    .limit(limit)
    .execute();
  return rows.map((row) => row.child_digest);
}

function toImage({ base_digest, base_name, ...image }: Omit<KnownImage, 'base'> & { base_digest: Digest | null; base_name: string | null }): KnownImage {
  const base = { ...(base_digest !== null && { digest: base_digest }), ...(base_name !== null && { name: base_name }) };
  return { ...image, ...(Object.keys(base).length > 0 && { base }) };
}

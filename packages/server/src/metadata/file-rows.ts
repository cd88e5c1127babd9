import type { Digest } from '@naru/oci/digest';
import { sql } from 'kysely';
import { chunks } from './chunks.ts';
import type { MetadataDatabase } from './database.ts';
import type { FileRows, LayerFile } from './file-port.ts';

/** Few enough that a push between two of them waits for some milliseconds only. */
const entriesPerTransaction = 2000;
/** Nine columns each, below every engine's limit of parameters. */
const entriesPerStatement = 50;

/** setuid and setgid. */
const setidBits = 0o6000;

const columns = ['parent', 'name', 'kind', 'layer_file.size_bytes as sizeBytes', 'mode', 'target', 'content', 'position'] as const;

export function fileRows({ read, write }: MetadataDatabase): FileRows {
  /** Of layers, with the layer that each is of. */
  const entries = () =>
    read
      .selectFrom('layer_index')
      .innerJoin('layer_file', 'layer_file.layer', 'layer_index.id')
      .select(['layer_index.digest as layer', ...columns]);

  return {
    async findLayers(digests) {
      const found = [];
      for (const chunk of chunks(digests)) {
        found.push(...(await read.selectFrom('layer_index').select(['digest', 'state', 'reason']).where('digest', 'in', chunk).execute()));
      }
      return found.flatMap(({ state, ...layer }) => (state === 'indexing' ? [] : [{ ...layer, state }]));
    },

    async recordLayer(digest, files, at) {
      const layer = await begin(digest, at);
      for (const part of chunks(files, entriesPerTransaction)) {
        await write(async (tx) => {
          for (const chunk of chunks(part, entriesPerStatement)) {
            await tx
              .insertInto('layer_file')
              .values(chunk.map(({ sizeBytes, ...entry }) => ({ layer, ...entry, size_bytes: sizeBytes })))
              .onConflict((conflict) => conflict.columns(['layer', 'parent', 'name']).doNothing())
              .execute();
          }
        });
      }
      await write((tx) => tx.updateTable('layer_index').set({ state: 'indexed', changed_at: at }).where('id', '=', layer).execute());
    },

    async recordRefused(digest, reason, at) {
      const layer = await begin(digest, at);
      await write((tx) => tx.updateTable('layer_index').set({ state: 'refused', reason, changed_at: at }).where('id', '=', layer).execute());
    },

    async findNamed(layers, parent, names) {
      const found = [];
      for (const chunk of chunks(layers)) {
        found.push(...(await entries().where('layer_index.digest', 'in', chunk).where('parent', '=', parent).where('name', 'in', names).execute()));
      }
      return found;
    },

    async listFolder(layers, parent, limit) {
      const found = [];
      for (const layer of layers) {
        found.push(...(await entries().where('layer_index.digest', '=', layer).where('parent', '=', parent).orderBy('name').limit(limit).execute()));
      }
      return found;
    },

    async listSetuid(layers, limit) {
      const found = [];
      for (const layer of new Set(layers)) {
        found.push(
          ...(await entries()
            .where('layer_index.digest', '=', layer)
            .where('kind', '=', 'file')
            .where(({ eb, ref }) => eb(sql<number>`${ref('mode')} & ${setidBits}`, '<>', 0))
            .orderBy('parent')
            .orderBy('name')
            .limit(Math.max(0, limit - found.length))
            .execute()),
        );
      }
      return found;
    },

    async listLayer(digest, { after = { parent: '', name: '' }, limit }) {
      const layer = await read.selectFrom('layer_index').select('id').where('digest', '=', digest).executeTakeFirst();
      if (layer === undefined) return [];
      return read
        .selectFrom('layer_file')
        .select(columns)
        .where('layer', '=', layer.id)
        .where((eb) => eb(eb.refTuple('parent', 'name'), '>', eb.tuple(after.parent, after.name)))
        .orderBy('parent')
        .orderBy('name')
        .limit(limit)
        .execute();
    },

    async prune(limit) {
      const orphan = await read
        .selectFrom('layer_index')
        .select('id')
        .where((eb) => eb.not(eb.exists(eb.selectFrom('blob').select('blob.digest').whereRef('blob.digest', '=', 'layer_index.digest'))))
        .limit(1)
        .executeTakeFirst();
      return orphan === undefined ? 0 : removeEntries(orphan.id, limit);
    },
  };

  /** Its number, without any entry of an earlier try. */
  async function begin(digest: Digest, at: number): Promise<number> {
    const { id } = await write((tx) =>
      tx
        .insertInto('layer_index')
        .values({ digest, state: 'indexing', reason: '', changed_at: at })
        .onConflict((conflict) => conflict.column('digest').doUpdateSet({ state: 'indexing', reason: '', changed_at: at }))
        .returning('id')
        .executeTakeFirstOrThrow(),
    );
    while ((await removeFiles(id, entriesPerTransaction)) === entriesPerTransaction);
    return id;
  }

  function removeFiles(layer: number, limit: number): Promise<number> {
    return write(async (tx) => {
      const rows: Pick<LayerFile, 'parent' | 'name'>[] = await tx
        .selectFrom('layer_file')
        .select(['parent', 'name'])
        .where('layer', '=', layer)
        .limit(limit)
        .execute();
      for (const { parent, name } of rows)
        await tx.deleteFrom('layer_file').where('layer', '=', layer).where('parent', '=', parent).where('name', '=', name).execute();
      return rows.length;
    });
  }

  async function removeEntries(layer: number, limit: number): Promise<number> {
    const removed = await removeFiles(layer, limit);
    if (removed < limit) await write((tx) => tx.deleteFrom('layer_index').where('id', '=', layer).execute());
    return Math.max(removed, 1);
  }
}

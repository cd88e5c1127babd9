import type { RepositoryName } from '@naru/oci/repository-name';
import type { MetadataDatabase, Writer } from './database.ts';
import { requireRepository } from './held-repository.ts';
import type { StarRows } from './hub-port.ts';
import { placeByRank } from './search-rank.ts';

export function starRows({ read, write }: MetadataDatabase): StarRows {
  return {
    set: ({ userId, repository, at }) =>
      write(async (tx) => {
        await requireRepository(tx, repository);
        const set = await tx
          .insertInto('star')
          .values({ user_id: userId, repository, at })
          .onConflict((conflict) => conflict.columns(['user_id', 'repository']).doNothing())
          .executeTakeFirst();
        if (set.numInsertedOrUpdatedRows !== 0n) await count(tx, repository, 1);
      }),

    remove: ({ userId, repository }) =>
      write(async (tx) => {
        const gone = await tx.deleteFrom('star').where('user_id', '=', userId).where('repository', '=', repository).executeTakeFirst();
        if (gone.numDeletedRows !== 0n) await count(tx, repository, -1);
      }),

    async has(userId, repository) {
      return (await read.selectFrom('star').select('at').where('user_id', '=', userId).where('repository', '=', repository).executeTakeFirst()) !== undefined;
    },

    async list(userId, { after = '', limit }) {
      const rows = await read
        .selectFrom('star')
        .select('repository')
        .where('user_id', '=', userId)
        .where('repository', '>', after as RepositoryName) // only compared
        .orderBy('repository')
        .limit(limit)
        .execute();
      return rows.map(({ repository }) => repository);
    },
  };
}

/** Of somebody who is no more. */
export async function removeStarsOf(tx: Writer, userId: string): Promise<void> {
  const stars = await tx.selectFrom('star').select('repository').where('user_id', '=', userId).execute();
  await tx.deleteFrom('star').where('user_id', '=', userId).execute();
  for (const { repository } of stars) await count(tx, repository, -1);
}

async function count(tx: Writer, repository: RepositoryName, change: 1 | -1): Promise<void> {
  await tx
    .updateTable('repository')
    .set((eb) => ({ stars: eb('stars', '+', change) }))
    .where('name', '=', repository)
    .execute();
  await placeByRank(tx, repository);
}

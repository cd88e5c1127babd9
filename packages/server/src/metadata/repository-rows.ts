import type { RepositoryName } from '@naru/oci/repository-name';
import type { MetadataDatabase, Writer } from './database.ts';
import type { Change, RepositoryRows } from './port.ts';
import { recordEvents } from './event-rows.ts';

export function repositoryRows({ read }: MetadataDatabase): RepositoryRows {
  return {
    async has(name) {
      return (await read.selectFrom('repository').select('name').where('name', '=', name).executeTakeFirst()) !== undefined;
    },

    async list({ after = '', limit }) {
      // `after` need not be a name: it is only compared.
      const rows = await read
        .selectFrom('repository')
        .select('name')
        .where('name', '>', after as RepositoryName)
        .orderBy('name')
        .limit(limit)
        .execute();
      return rows.map(({ name }) => name);
    },
  };
}

/** The first content makes the repository. */
export async function ensureRepository(tx: Writer, name: RepositoryName, { at, actor }: Change): Promise<void> {
  const known = await tx.selectFrom('repository').select('name').where('name', '=', name).executeTakeFirst();
  if (known !== undefined) return;
  await tx.insertInto('repository').values({ name, created_at: at }).execute();
  await recordEvents(tx, [{ kind: 'repository.created', repository: name, at, actor }]);
}

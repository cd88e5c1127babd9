import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** The catalogues, what their tags are and were on, who was told of it, and where it is asked for. */
export async function createGoldenImages(db: Kysely<unknown>, { text, integer, counted, plain, keyed }: ColumnTypes): Promise<void> {
  await plain(db.schema.createTable('golden_image'))
    .addColumn('id', text, (column) => column.notNull().primaryKey())
    .addColumn('namespace', text, (column) => column.notNull())
    .addColumn('repository', text, (column) => column.notNull())
    .addColumn('tags', text, (column) => column.notNull())
    .addColumn('reason', text, (column) => column.notNull())
    .addColumn('until', integer)
    .addColumn('approved_at', integer, (column) => column.notNull())
    .addColumn('approved_by', text, (column) => column.notNull())
    .addUniqueConstraint('golden_image_once', ['namespace', 'repository', 'tags'])
    .execute();
  await db.schema.createIndex('golden_image_by_repository').on('golden_image').columns(['repository', 'id']).execute();

  await plain(db.schema.createTable('golden_version'))
    .addColumn('id', integer, counted)
    .addColumn('golden', text, (column) => column.notNull().references('golden_image.id').onDelete('cascade'))
    .addColumn('tag', text, (column) => column.notNull())
    .addColumn('image', text, (column) => column.notNull())
    .addColumn('chain', text, (column) => column.notNull())
    .addColumn('pointed', text, (column) => column.notNull())
    .addColumn('since', integer, (column) => column.notNull())
    .addColumn('ended_at', integer)
    .addColumn('ended_by', text)
    .addUniqueConstraint('golden_version_once', ['golden', 'tag', 'image'])
    .execute();
  await db.schema.createIndex('golden_version_by_chain').on('golden_version').columns(['chain', 'golden']).execute();
  await db.schema.createIndex('golden_version_by_golden').on('golden_version').columns(['golden', 'id']).execute();

  await keyed(db.schema.createTable('outdated_notice'))
    .addColumn('golden', text, (column) => column.notNull().references('golden_image.id').onDelete('cascade'))
    .addColumn('tag', text, (column) => column.notNull())
    .addColumn('repository', text, (column) => column.notNull())
    .addColumn('image', text, (column) => column.notNull())
    .addColumn('now', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('outdated_notice_key', ['golden', 'tag', 'repository', 'image'])
    .execute();

  await keyed(db.schema.createTable('golden_policy'))
    .addColumn('scope_kind', text, (column) => column.notNull())
    .addColumn('scope_name', text, (column) => column.notNull())
    .addColumn('policy', text, (column) => column.notNull())
    .addColumn('changed_at', integer, (column) => column.notNull())
    .addColumn('changed_by', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('golden_policy_key', ['scope_kind', 'scope_name'])
    .execute();
}

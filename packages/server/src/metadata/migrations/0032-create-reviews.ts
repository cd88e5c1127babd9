import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** Which repositories are reviewed, what a person said of each image there, and what tags show meanwhile. */
export async function createReviews(db: Kysely<unknown>, { text, integer, keyed, plain }: ColumnTypes): Promise<void> {
  await keyed(db.schema.createTable('reviewed_repository'))
    .addColumn('repository', text, (column) => column.notNull().primaryKey().references('repository.name'))
    .addColumn('since', integer, (column) => column.notNull())
    .addColumn('required_by', text, (column) => column.notNull())
    .execute();
  await plain(db.schema.createTable('image_review'))
    .addColumn('repository', text, (column) => column.notNull())
    .addColumn('digest', text, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('staged_at', integer, (column) => column.notNull())
    .addColumn('staged_by', text, (column) => column.notNull())
    .addColumn('decided_at', integer)
    .addColumn('decided_by', text)
    .addColumn('reason', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('image_review_key', ['repository', 'digest'])
    .addForeignKeyConstraint('image_review_of', ['repository', 'digest'], 'repository_manifest', ['repository', 'digest'], (key) => key.onDelete('cascade'))
    .execute();
  await db.schema.createIndex('image_review_by_state').on('image_review').columns(['state', 'repository', 'digest']).execute();
  await plain(db.schema.createTable('shown_tag'))
    .addColumn('repository', text, (column) => column.notNull())
    .addColumn('tag', text, (column) => column.notNull())
    .addColumn('digest', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('shown_tag_key', ['repository', 'tag'])
    .addForeignKeyConstraint('shown_tag_of', ['repository', 'digest'], 'repository_manifest', ['repository', 'digest'], (key) => key.onDelete('cascade'))
    .execute();
  await db.schema.createIndex('shown_tag_by_digest').on('shown_tag').columns(['repository', 'digest', 'tag']).execute();
}

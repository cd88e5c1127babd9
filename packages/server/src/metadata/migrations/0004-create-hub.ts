import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

// A migration stands outside the table types of today: they describe the newest schema, not this one.
type Db = Kysely<unknown>;

/** What the hub knows of a repository beside its content, and what finds it. */
export async function createHub(db: Db, types: ColumnTypes): Promise<void> {
  await extendRepositories(db, types);
  await types.searchable(db);
  await createFacets(db, types);
  await createReadmes(db, types);
  await createStars(db, types);
  await createPulls(db, types);
  await createBadges(db, types);
}

async function extendRepositories(db: Db, { text, integer }: ColumnTypes): Promise<void> {
  const texts = ['description', 'description_letters', 'source_url', 'licenses'];
  for (const name of texts)
    await db.schema
      .alterTable('repository')
      .addColumn(name, text, (column) => column.notNull().defaultTo(''))
      .execute();
  const counts = ['official', 'verified', 'pulls', 'stars'];
  for (const name of counts)
    await db.schema
      .alterTable('repository')
      .addColumn(name, integer, (column) => column.notNull().defaultTo(0))
      .execute();
  for (const name of ['pulled_at', 'updated_at']) await db.schema.alterTable('repository').addColumn(name, integer).execute();
  await db.schema
    .alterTable('account')
    .addColumn('verified', integer, (column) => column.notNull().defaultTo(0))
    .execute();
}

/** What kinds of images a repository has: `platform`, `artifact-type`. */
async function createFacets(db: Db, { text, keyed }: ColumnTypes): Promise<void> {
  await keyed(db.schema.createTable('repository_facet'))
    .addColumn('repository', text, (column) => column.notNull().references('repository.name'))
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('value', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('repository_facet_key', ['repository', 'kind', 'value'])
    .execute();
}

async function createReadmes(db: Db, { text, integer, plain }: ColumnTypes): Promise<void> {
  await plain(db.schema.createTable('readme'))
    .addColumn('repository', text, (column) => column.notNull().primaryKey().references('repository.name'))
    .addColumn('text', text, (column) => column.notNull())
    .addColumn('origin', text, (column) => column.notNull())
    .addColumn('changed_at', integer, (column) => column.notNull())
    .addColumn('changed_by', text, (column) => column.notNull())
    .execute();
}

async function createStars(db: Db, { text, integer, keyed }: ColumnTypes): Promise<void> {
  await keyed(db.schema.createTable('star'))
    .addColumn('user_id', text, (column) => column.notNull().references('user.id'))
    .addColumn('repository', text, (column) => column.notNull().references('repository.name'))
    .addColumn('at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('star_key', ['user_id', 'repository'])
    .execute();
  // for renames
  await db.schema.createIndex('star_by_repository').on('star').columns(['repository', 'user_id']).execute();
}

/** Per day (days since 1970, UTC) and tag; the tag '' counts all pulls of the repository. */
async function createPulls(db: Db, { text, integer, keyed }: ColumnTypes): Promise<void> {
  await keyed(db.schema.createTable('pull_day'))
    .addColumn('repository', text, (column) => column.notNull().references('repository.name'))
    .addColumn('tag', text, (column) => column.notNull())
    .addColumn('day', integer, (column) => column.notNull())
    .addColumn('pulls', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('pull_day_key', ['repository', 'tag', 'day'])
    .execute();
  // for forgetting
  await db.schema.createIndex('pull_day_by_day').on('pull_day').columns(['day', 'repository', 'tag']).execute();
  await keyed(db.schema.createTable('tag_pull'))
    .addColumn('repository', text, (column) => column.notNull().references('repository.name'))
    .addColumn('tag', text, (column) => column.notNull())
    .addColumn('pulls', integer, (column) => column.notNull())
    .addColumn('pulled_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('tag_pull_key', ['repository', 'tag'])
    .execute();
}

/** `badge`: official (the subject is a repository), verified (a namespace). One request of each may be open. */
async function createBadges(db: Db, { text, integer, plain }: ColumnTypes): Promise<void> {
  await plain(db.schema.createTable('badge_request'))
    .addColumn('id', text, (column) => column.notNull().primaryKey())
    .addColumn('badge', text, (column) => column.notNull())
    .addColumn('subject', text, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('note', text, (column) => column.notNull())
    .addColumn('applied_at', integer, (column) => column.notNull())
    .addColumn('applied_by', text, (column) => column.notNull())
    .addColumn('reason', text, (column) => column.notNull())
    .addColumn('decided_at', integer)
    .addColumn('decided_by', text)
    .execute();
  await db.schema.createIndex('badge_request_by_subject').on('badge_request').columns(['badge', 'subject', 'id']).execute();
  await db.schema.createIndex('badge_request_by_state').on('badge_request').columns(['state', 'id']).execute();
  await sql`create unique index badge_request_in_force on badge_request (badge, subject) where state in ('applied', 'granted')`.execute(db);
}

import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/**
 * What is known to be vulnerable, and what of it is installed somewhere. A row of an advisory holds from one
 * edition of its source until another; the source says which edition counts.
 */
export async function createAdvisories(db: Kysely<unknown>, { text, integer, counted, plain, keyed }: ColumnTypes): Promise<void> {
  await plain(db.schema.createTable('advisory_source'))
    .addColumn('id', integer, counted)
    .addColumn('name', text, (column) => column.notNull().unique())
    .addColumn('edition', integer, (column) => column.notNull())
    .addColumn('matched_to', integer, (column) => column.notNull())
    .addColumn('data_at', integer, (column) => column.notNull())
    .addColumn('imported_at', integer, (column) => column.notNull())
    .addColumn('entries', integer, (column) => column.notNull())
    .addColumn('file', text, (column) => column.notNull())
    .execute();
  await keyed(db.schema.createTable('advisory_ecosystem'))
    .addColumn('source', integer, (column) => column.notNull())
    .addColumn('ecosystem', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('advisory_ecosystem_key', ['source', 'ecosystem'])
    .execute();
  await plain(db.schema.createTable('advisory'))
    .addColumn('id', integer, counted)
    .addColumn('source', integer, (column) => column.notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('vulnerability', text, (column) => column.notNull())
    .addColumn('since', integer, (column) => column.notNull())
    .addColumn('until', integer)
    .addColumn('seen', integer, (column) => column.notNull())
    .addColumn('hash', text, (column) => column.notNull())
    .addColumn('severity', text, (column) => column.notNull())
    .addColumn('score', integer)
    .addColumn('details', text, (column) => column.notNull())
    .addColumn('modified_at', integer)
    .execute();
  await db.schema.createIndex('advisory_by_name').on('advisory').columns(['source', 'name']).execute();
  await db.schema.createIndex('advisory_by_since').on('advisory').columns(['source', 'since']).execute();
  await db.schema.createIndex('advisory_by_until').on('advisory').columns(['source', 'until']).execute();
  await db.schema.createIndex('advisory_by_vulnerability').on('advisory').column('vulnerability').execute();
  await keyed(db.schema.createTable('advisory_range'))
    .addColumn('ecosystem', text, (column) => column.notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('advisory', integer, (column) => column.notNull())
    .addColumn('place', integer, (column) => column.notNull())
    .addColumn('introduced', text, (column) => column.notNull())
    .addColumn('fixed', text, (column) => column.notNull())
    .addColumn('last_affected', text, (column) => column.notNull())
    .addColumn('versions', text, (column) => column.notNull())
    .addColumn('severity', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('advisory_range_key', ['ecosystem', 'name', 'advisory', 'place'])
    .execute();
  await db.schema.createIndex('advisory_range_by_advisory').on('advisory_range').column('advisory').execute();
  await keyed(db.schema.createTable('cve_signal'))
    .addColumn('cve', text, (column) => column.notNull())
    .addColumn('source', integer, (column) => column.notNull())
    .addColumn('edition', integer, (column) => column.notNull())
    .addColumn('epss', integer)
    .addColumn('percentile', integer)
    .addColumn('exploited_since', text)
    .addPrimaryKeyConstraint('cve_signal_key', ['cve', 'source', 'edition'])
    .execute();
  await db.schema.createIndex('cve_signal_by_edition').on('cve_signal').columns(['source', 'edition']).execute();

  await keyed(db.schema.createTable('package_match'))
    .addColumn('package', integer, (column) => column.notNull().primaryKey())
    .addColumn('ecosystem', text, (column) => column.notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('problem', text, (column) => column.notNull())
    .addColumn('matched_at', integer, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('package_match_by_name').on('package_match').columns(['ecosystem', 'name']).execute();
  await keyed(db.schema.createTable('finding'))
    .addColumn('package', integer, (column) => column.notNull())
    .addColumn('vulnerability', text, (column) => column.notNull())
    .addColumn('advisory', integer, (column) => column.notNull())
    .addColumn('severity', text, (column) => column.notNull())
    .addColumn('score', integer)
    .addColumn('fixed', text, (column) => column.notNull())
    .addColumn('found_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('finding_key', ['package', 'vulnerability'])
    .execute();
  await db.schema.createIndex('finding_by_vulnerability').on('finding').column('vulnerability').execute();

  await plain(db.schema.createTable('finding_rule'))
    .addColumn('id', text, (column) => column.notNull().primaryKey())
    .addColumn('scope', text, (column) => column.notNull())
    .addColumn('scope_name', text, (column) => column.notNull())
    .addColumn('vulnerability', text, (column) => column.notNull())
    .addColumn('package', text, (column) => column.notNull())
    .addColumn('status', text, (column) => column.notNull())
    .addColumn('reason', text, (column) => column.notNull())
    .addColumn('owner', text, (column) => column.notNull())
    .addColumn('expires_at', integer)
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('created_by', text, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('finding_rule_by_scope').on('finding_rule').columns(['scope', 'scope_name', 'id']).execute();
}

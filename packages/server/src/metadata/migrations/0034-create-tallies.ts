import type { CreateTableBuilder, Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/**
 * How vulnerable images and whole namespaces are, counted when something is found and not when somebody asks:
 * an organisation of ten thousand images has millions of findings. And what scanners said of a package is found by its name.
 */
export async function createTallies(db: Kysely<unknown>, { text, integer, plain, keyed }: ColumnTypes): Promise<void> {
  let images: CreateTableBuilder<string, string> = keyed(db.schema.createTable('image_tally'))
    .addColumn('repository', text, (column) => column.notNull())
    .addColumn('digest', text, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('packages', integer, (column) => column.notNull())
    .addColumn('unknown_packages', integer, (column) => column.notNull())
    .addColumn('exploited', integer, (column) => column.notNull())
    .addColumn('epss', integer, (column) => column.notNull())
    .addColumn('tallied_at', integer, (column) => column.notNull());
  for (const severity of ['critical', 'high', 'medium', 'low', 'negligible', 'unknown'])
    for (const kind of ['fixable', 'unfixable']) images = images.addColumn(`${severity}_${kind}`, integer, (column) => column.notNull());
  await images
    .addPrimaryKeyConstraint('image_tally_key', ['repository', 'digest'])
    .addForeignKeyConstraint('image_tally_of', ['repository', 'digest'], 'repository_manifest', ['repository', 'digest'], (key) => key.onDelete('cascade'))
    .execute();

  // Apart, so that what is counted and sorted is small.
  await plain(db.schema.createTable('image_tally_detail'))
    .addColumn('repository', text, (column) => column.notNull())
    .addColumn('digest', text, (column) => column.notNull())
    .addColumn('findings', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('image_tally_detail_key', ['repository', 'digest'])
    .addForeignKeyConstraint('image_tally_detail_of', ['repository', 'digest'], 'repository_manifest', ['repository', 'digest'], (key) =>
      key.onDelete('cascade'),
    )
    .execute();

  await keyed(db.schema.createTable('namespace_tally'))
    .addColumn('namespace', text, (column) => column.notNull().primaryKey())
    .addColumn('counts', text, (column) => column.notNull())
    .addColumn('exploited', integer, (column) => column.notNull())
    .addColumn('tallied_at', integer, (column) => column.notNull())
    .addColumn('took_ms', integer, (column) => column.notNull())
    .execute();

  await keyed(db.schema.createTable('tallied_vulnerability'))
    .addColumn('namespace', text, (column) => column.notNull())
    .addColumn('vulnerability', text, (column) => column.notNull())
    .addColumn('package', text, (column) => column.notNull())
    .addColumn('rank', integer, (column) => column.notNull())
    .addColumn('score', integer)
    .addColumn('epss', integer)
    .addColumn('exploited', integer, (column) => column.notNull())
    .addColumn('fixable', integer, (column) => column.notNull())
    .addColumn('images', integer, (column) => column.notNull())
    .addColumn('since', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('tallied_vulnerability_key', ['namespace', 'vulnerability', 'package'])
    .execute();
  await db.schema
    .createIndex('tallied_vulnerability_by_rank')
    .on('tallied_vulnerability')
    .columns(['namespace', 'exploited desc', 'rank', 'images desc', 'vulnerability', 'package'])
    .execute();

  await keyed(db.schema.createTable('tallied_package'))
    .addColumn('namespace', text, (column) => column.notNull())
    .addColumn('ecosystem', text, (column) => column.notNull())
    .addColumn('type', text, (column) => column.notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('rank', integer, (column) => column.notNull())
    .addColumn('vulnerabilities', integer, (column) => column.notNull())
    .addColumn('fixable', integer, (column) => column.notNull())
    .addColumn('fixed', text, (column) => column.notNull())
    .addColumn('images', integer, (column) => column.notNull())
    .addColumn('findings', integer, (column) => column.notNull())
    .addColumn('removable', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('tallied_package_key', ['namespace', 'ecosystem', 'type', 'name'])
    .execute();
  await db.schema
    .createIndex('tallied_package_by_findings')
    .on('tallied_package')
    .columns(['namespace', 'removable desc', 'findings desc', 'ecosystem', 'type', 'name'])
    .execute();

  await keyed(db.schema.createTable('tally_day'))
    .addColumn('namespace', text, (column) => column.notNull())
    .addColumn('day', integer, (column) => column.notNull())
    .addColumn('counts', text, (column) => column.notNull())
    .addColumn('exploited', integer, (column) => column.notNull())
    .addColumn('images', integer, (column) => column.notNull())
    .addColumn('unchecked', integer, (column) => column.notNull())
    .addColumn('opened', integer)
    .addColumn('closed', integer)
    .addPrimaryKeyConstraint('tally_day_key', ['namespace', 'day'])
    .execute();
  await db.schema.createIndex('tally_day_by_day').on('tally_day').columns(['day', 'namespace']).execute();

  await db.schema.createIndex('scan_finding_by_package').on('scan_finding').columns(['package', 'scan']).execute();
}

/**
 * The tables, and the one check when a store is opened. There is one version so far; the next one
 * adds its step behind the first.
 */
import type { Rows } from './rows.ts';
import { newerStore } from './store-error.ts';

export const storeVersion = 1;

const tables = [
  // One row for each image manifest. Several may be of one image: the id is the digest of the config.
  `create table manifest (
     digest text primary key, media_type text not null, size_bytes integer not null,
     image_id text not null, created_at integer, image_bytes integer not null,
     labels text not null, platform text not null, recorded_at integer not null,
     layout_media_type text not null, layout_digest text not null, layout_size_bytes integer not null
   ) without rowid`,
  'create index manifest_by_image on manifest (image_id)',
  // What a manifest needs, itself included. Layers in their order.
  `create table manifest_content (
     manifest text not null references manifest on delete cascade, position integer not null,
     digest text not null, role text not null, size_bytes integer not null, primary key (manifest, position)
   ) without rowid`,
  'create index manifest_content_by_digest on manifest_content (digest)',
  // Names, canonical. The target is what the name means at its registry: the manifest, or an index around it.
  `create table ref (
     name text primary key, kind text not null, repository text not null,
     manifest text not null references manifest,
     target_digest text not null, target_media_type text not null, target_size_bytes integer not null,
     target_is_whole integer not null, changed_at integer not null
   ) without rowid`,
  'create index ref_by_manifest on ref (manifest)',
  // What a name keeps beyond its manifest: the index and its other platforms.
  'create table ref_content (name text not null references ref on delete cascade, digest text not null, primary key (name, digest)) without rowid',
  'create index ref_content_by_digest on ref_content (digest)',
  // What was found in a layer when it was verified.
  'create table layer (digest text primary key, diff_id text not null, file_bytes integer not null) without rowid',
  'create index layer_by_diff_id on layer (diff_id)',
  // Where layers are known to live: candidates for a mount.
  'create table layer_source (digest text not null, repository text not null, seen_at integer not null, primary key (digest, repository)) without rowid',
  // Content that somebody is about to need.
  'create table lease (id integer primary key, owner text not null, expires_at integer not null)',
  'create table lease_content (lease integer not null references lease on delete cascade, digest text not null, primary key (lease, digest)) without rowid',
  'create index lease_content_by_digest on lease_content (digest)',
  // Who is writing which partial file.
  'create table ingest (name text primary key, owner text not null) without rowid',
  // Content that nobody needed when somebody looked: looked at again before it is deleted.
  'create table garbage (digest text primary key) without rowid',
  // Does index.json still say what the rows say?
  'create table layout_index (is_stale integer not null)',
  'insert into layout_index values (1)',
];

/** Throws StoreError for a newer store. */
export function checkVersion(rows: Rows, root: string): 'new' | 'current' {
  const [row] = rows.all<{ user_version: number }>('pragma user_version');
  const version = row?.user_version ?? 0;
  if (version > storeVersion) throw newerStore(root, version, storeVersion);
  return version === 0 ? 'new' : 'current';
}

/** Two processes may be the first at once: the second finds the tables. */
export function createTables(rows: Rows, root: string): void {
  rows.transaction(() => {
    if (checkVersion(rows, root) === 'current') return;
    for (const sql of tables) rows.run(sql);
    rows.run(`pragma user_version = ${storeVersion}`);
  });
}

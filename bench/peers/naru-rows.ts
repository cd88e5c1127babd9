/**
 * Writes rows into Naru's database while no server has it open: a million pushes would take an hour.
 * It is SQL against the tables of `packages/server/src/metadata/schema.ts`, past every rule, and
 * makes rows that the rules would have made, as far as lists and a start can see: sync is off, so
 * nothing but a benchmark may do this.
 */
import { Database } from 'bun:sqlite';
import { join } from 'node:path';
import { manifestType } from '../sample.ts';
import type { Entries } from './peer.ts';

const rowsPerBatch = 10_000;
const manifestBytes = 1000;
const manifestsPerRepository = 1000;

export async function fillTags(folder: string, { repository, image, count, name }: Entries): Promise<void> {
  using database = openForFilling(folder);
  const tag = database.prepare('insert or ignore into tag (repository, name, digest, moved_at, moved_by) values (?, ?, ?, 0, ?)');
  const history = database.prepare('insert into tag_history (repository, tag, digest, at, actor) values (?, ?, ?, 0, ?)');
  inBatches(database, count, (index) => {
    tag.run(repository, name(index), image.manifest.digest, 'bench');
    history.run(repository, name(index), image.manifest.digest, 'bench');
  });
}

export async function fillRepositories(folder: string, { count, name }: Entries): Promise<void> {
  using database = openForFilling(folder);
  const repository = database.prepare('insert or ignore into repository (name, created_at, search_id) values (?, 0, ?)');
  // The triggers would put each into the full text by itself: that takes a minute.
  const triggers = database.prepare<{ name: string; sql: string }, []>("select name, sql from sqlite_schema where type = 'trigger'").all();
  for (const trigger of triggers) database.run(`drop trigger ${trigger.name}`);
  inBatches(database, count, (index) => repository.run(name(index), index + 1000));
  for (const table of ['repository_letters', 'repository_words']) database.run(`insert into ${table}(${table}) values ('rebuild')`);
  for (const trigger of triggers) database.run(trigger.sql);
}

/** Each manifest in one of many repositories, under one tag, with one blob; and the events of all that. */
export async function fillManifests(folder: string, count: number): Promise<void> {
  using database = openForFilling(folder);
  const insert = (into: string): ((...values: (string | number | Uint8Array)[]) => unknown) => {
    const statement = database.prepare(into);
    return (...values) => statement.run(...values);
  };
  const repository = insert('insert into repository (name, created_at) values (?, 0)');
  const blob = insert("insert into blob (digest, size_bytes, storage_key, state, stored_at, checked_at) values (?, 1024, ?, 'stored', 0, 0)");
  const repositoryBlob = insert('insert into repository_blob (repository, digest, touched_at) values (?, ?, 0)');
  const manifest = insert('insert into manifest (digest, size_bytes, bytes) values (?, ?, ?)');
  const repositoryManifest = insert(
    `insert into repository_manifest (repository, digest, media_type, pushed_at, pushed_by) values (?, ?, '${manifestType}', 0, 'bench')`,
  );
  const manifestBlob = insert("insert into manifest_blob (repository, digest, blob_digest, role) values (?, ?, ?, 'config')");
  const tag = insert("insert into tag (repository, name, digest, moved_at, moved_by) values (?, ?, ?, 0, 'bench')");
  const history = insert("insert into tag_history (repository, tag, digest, at, actor) values (?, ?, ?, 0, 'bench')");
  const event = insert("insert into event (kind, repository, at, actor, payload) values ('manifest.pushed', ?, 0, 'bench', ?)");
  const bytes = new Uint8Array(manifestBytes).fill(0x20);
  inBatches(database, count, (index) => {
    const digest = `sha256:${index.toString(16).padStart(64, '0')}`;
    const name = `many/repo-${String(Math.floor(index / manifestsPerRepository)).padStart(6, '0')}`;
    if (index % manifestsPerRepository === 0) repository(name);
    blob(digest, digest);
    repositoryBlob(name, digest);
    manifest(digest, bytes.length, bytes);
    repositoryManifest(name, digest);
    manifestBlob(name, digest, digest);
    tag(name, `tag-${index}`, digest);
    history(name, `tag-${index}`, digest);
    event(name, JSON.stringify({ digest }));
  });
}

/** The server has made the tables and is gone again; it finds its own journal mode when we are done. */
export function openForFilling(folder: string): Database {
  const database = new Database(join(folder, 'data/naru.db'), { readwrite: true });
  set(database, ['journal_mode = delete', 'journal_mode = off', 'synchronous = off', 'cache_size = -1000000']);
  return database;
}

function set(database: Database, settings: readonly string[]): void {
  for (const setting of settings) database.run(`pragma ${setting}`);
}

export function inBatches(database: Database, count: number, insert: (index: number) => void): void {
  const batch = database.transaction((from: number, to: number) => {
    for (let index = from; index < to; index += 1) insert(index);
  });
  for (let from = 0; from < count; from += rowsPerBatch) batch(from, Math.min(count, from + rowsPerBatch));
  set(database, ['journal_mode = wal']);
}

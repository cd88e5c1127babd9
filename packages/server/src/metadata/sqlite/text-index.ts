/**
 * The full text of repositories in SQLite: two FTS5 indexes over the rows themselves, which triggers
 * keep in the transaction of every change.
 *
 *     repository_letters   three letters in a row, of names and of `description_letters`: finds any part of a word
 *     repository_words     whole words and how they begin: for one or two letters, for suggestions and slips
 *     repository_word      the words that there are
 *
 * `search_id` is the row's number in them: popularity × 2^32 + a number of its own. FTS5 answers in
 * the order of its numbers, so the best known come first, and whoever wants a few of many reads a few.
 */
import { type Kysely, sql } from 'kysely';

const index = (columns: string, tokenize: string) => `fts5(${columns}, content='repository', content_rowid='search_id', ${tokenize})`;

const indexes = {
  repository_letters: { columns: 'name, description_letters', using: index('name, description_letters', `tokenize='trigram'`) },
  repository_words: { columns: 'name, description', using: index('name, description', `tokenize='unicode61 remove_diacritics 2', prefix='1 2'`) },
};

export async function createTextIndex(db: Kysely<unknown>): Promise<void> {
  const run = (text: string) => sql.raw(text).execute(db);
  await run(
    `alter table repository add column namespace text generated always as (case when instr(name, '/') > 0 then substr(name, 1, instr(name, '/') - 1) else '' end) virtual`,
  );
  await run('alter table repository add column search_id integer');
  await run(
    'update repository set search_id = numbered.number from (select name, row_number() over (order by name) as number from repository) as numbered where numbered.name = repository.name',
  );
  // with what nearly every search asks of each hit, so that thousands of others' repositories cost no look at their rows
  await run('create index repository_by_search_id on repository (search_id, visibility, namespace, official, verified)');
  await run('create index repository_by_namespace on repository (namespace, search_id)');
  for (const [name, { using }] of Object.entries(indexes)) {
    await run(`create virtual table ${name} using ${using}`);
    await run(`insert into ${name}(${name}) values ('rebuild')`);
  }
  await run('create virtual table repository_word using fts5vocab(repository_words, row)');
  await run(`create trigger repository_search_insert after insert on repository begin
    update repository set search_id = coalesce((select max(search_id) from repository where search_id < ${2 ** 32}), 0) + 1 where name = new.name and search_id is null;
    ${addEntries(`from repository where name = new.name`)}
  end`);
  await run(`create trigger repository_search_update after update of search_id, description, description_letters on repository when old.search_id is not null begin
    ${removeEntries()}
    ${addEntries(`from repository where name = new.name`)}
  end`);
  await run(`create trigger repository_search_delete after delete on repository begin ${removeEntries()} end`);
}

/** FTS5 asks for the old text to take it out. */
function removeEntries(): string {
  return Object.entries(indexes)
    .map(([name, { columns }]) => `insert into ${name}(${name}, rowid, ${columns}) values ('delete', old.search_id, ${columns.replaceAll(/\w+/g, 'old.$&')});`)
    .join('\n');
}

function addEntries(from: string): string {
  return Object.entries(indexes)
    .map(([name, { columns }]) => `insert into ${name}(rowid, ${columns}) select search_id, ${columns} ${from};`)
    .join('\n');
}

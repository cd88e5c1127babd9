/** A table that names repositories is known to whatever renames and deletes them: none is forgotten. */
import { Database } from 'bun:sqlite';
import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { makeScratchFolder } from '../contract/scratch-folder.ts';
import { ofNamespace } from '../namespace-content.ts';
import { byScope, ofRepository } from '../repository-content.ts';
import { openSqliteMetadata } from './open-sqlite-metadata.ts';

const folder = makeScratchFolder();

/** What stays: what happened, who was told of it, and an upload that is under way. */
const stays = ['audit_entry', 'event', 'upload'];
/** What has a way of its own, in `repository-content.ts` and `repository-rows.ts`. */
const special = ['golden_image', 'repository_alias', 'repository_blob', 'repository_manifest', 'finding_rule'];

/** Another meaning of the word: whose a package is. */
const ofPackages = ['package_version'];

test('every table with a repository in it is moved and removed', async () => {
  const path = join(folder, 'naru.db');
  await (await openSqliteMetadata({ path })).close();
  using db = new Database(path, { readonly: true });
  const named = db
    .query<{ name: string; column: string }, []>(
      `select m.name, c.name as "column" from sqlite_schema m join pragma_table_info(m.name) c
       where m.type = 'table' and c.name in ('repository', 'scope_name', 'namespace') order by m.name`,
    )
    .all();
  expect(named.filter(({ column }) => column === 'repository').map(({ name }) => name)).toEqual([...ofRepository, ...stays, ...special.slice(0, 4)].toSorted());
  expect(named.filter(({ column }) => column === 'scope_name').map(({ name }) => name)).toEqual([...byScope, 'finding_rule'].toSorted());
  expect(named.filter(({ column }) => column === 'namespace').map(({ name }) => name)).toEqual([...ofNamespace, 'audit_entry', ...ofPackages].toSorted());
});

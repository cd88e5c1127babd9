/** Whether there is a repository of that name: asked by every push, and before anything is set for one. */
import type { RepositoryName } from '@naru/oci/repository-name';
import { RegistryError } from '@naru/oci/registry-error';
import type { Reader } from './database.ts';
import { fixedQuery } from './fixed-query.ts';

const findName = fixedQuery((db, { name }: { name: RepositoryName }) => db.selectFrom('repository').select('name').where('name', '=', name));

export async function hasRepository(db: Reader, name: RepositoryName): Promise<boolean> {
  return (await findName(db, { name })).rows.length > 0;
}

/** Throws NAME_UNKNOWN. */
export async function requireRepository(db: Reader, name: RepositoryName): Promise<void> {
  if (!(await hasRepository(db, name))) throw new RegistryError('NAME_UNKNOWN', { detail: { name } });
}

/** What all kinds of accounts have in common, inside a transaction. */
import { RegistryError } from '@naru/oci/registry-error';
import { namesOf } from '../../access/namespace.ts';
import type { Writer } from '../database.ts';
import type { Change } from '../port.ts';
import type { Account } from './port.ts';

/** Throws NAME_TAKEN: users and organisations share one space of names. */
export async function createAccount(tx: Writer, account: { id: string; name: string; kind: Account['kind'] }, { at }: Change): Promise<void> {
  await refuseTakenName(tx, account.name);
  await tx
    .insertInto('account')
    .values({ ...account, created_at: at, named_at: at, visibility: null, networks: null })
    .execute();
}

/** Throws NAME_TAKEN. */
export async function refuseTakenName(tx: Writer, name: string): Promise<void> {
  const taken = await tx.selectFrom('account').select('id').where('name', '=', name).executeTakeFirst();
  // Repositories of that name may be older than the accounts: they would fall to whoever came first.
  if (taken !== undefined || (await hasRepositories(tx, name))) throw new RegistryError('NAME_TAKEN', { detail: { name } });
}

/** Throws ACCOUNT_UNKNOWN. */
export async function getAccount(tx: Writer, id: string): Promise<{ name: string; kind: Account['kind'] }> {
  const row = await tx.selectFrom('account').select(['name', 'kind']).where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new RegistryError('ACCOUNT_UNKNOWN');
  return row;
}

/** What names a principal that is no more: its credentials and its grants. */
export async function removeSubject(tx: Writer, kind: 'user' | 'team' | 'robot' | 'ci', id: string): Promise<void> {
  await tx.deleteFrom('access_grant').where('subject_kind', '=', kind).where('subject_id', '=', id).execute();
  if (kind === 'user' || kind === 'robot') await tx.deleteFrom('credential').where('owner_kind', '=', kind).where('owner_id', '=', id).execute();
}

/** Is anything called `<namespace>/…`? */
export async function hasRepositories(tx: Writer, namespace: string): Promise<boolean> {
  const { from, below } = namesOf(namespace);
  const row = await tx.selectFrom('repository').select('name').where('name', '>=', from).where('name', '<', below).limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Whom what happens in a namespace concerns: its owner, or the owners of an organisation; without an account, who runs the server. */
import type { IdentityRows } from '../metadata/identity/port.ts';

/** Nobody needs more people to be told of the same (I6). */
export const ownersMax = 100;
const pageSize = 200;
/** Accounts that are looked through for administrators. */
const accountsMax = 10_000;

type Rows = Pick<IdentityRows, 'accounts' | 'organisations' | 'users'>;

export async function listOwners(rows: Rows, namespace: string): Promise<string[]> {
  const account = namespace === '' ? undefined : await rows.accounts.find(namespace);
  if (account === undefined) return listAdministrators(rows);
  return account.kind === 'user' ? [account.id] : listOwnersOf(rows, account.id);
}

async function listOwnersOf({ organisations }: Rows, id: string): Promise<string[]> {
  const owners: string[] = [];
  for (let after: string | undefined = ''; after !== undefined && owners.length < ownersMax;) {
    const page: Awaited<ReturnType<typeof organisations.listMembers>> = await organisations.listMembers(id, { after, limit: pageSize });
    owners.push(...page.filter(({ role }) => role === 'owner').map(({ userId }) => userId));
    after = page.length < pageSize ? undefined : page.at(-1)?.name;
  }
  return owners.slice(0, ownersMax);
}

export async function listAdministrators({ users }: Pick<Rows, 'users'>): Promise<string[]> {
  const found: string[] = [];
  let looked = 0;
  for (let after: string | undefined = ''; after !== undefined && found.length < ownersMax && looked < accountsMax;) {
    const page: Awaited<ReturnType<typeof users.list>> = await users.list({ after, limit: pageSize });
    found.push(...page.filter(({ administrator }) => administrator).map(({ id }) => id));
    looked += page.length;
    after = page.length < pageSize ? undefined : page.at(-1)?.name;
  }
  return found.slice(0, ownersMax);
}

/**
 * A server with accounts needs somebody to begin with: the one whom the configuration names, or
 * `admin` with a password that is made here and printed once.
 */
import { operator, principalName } from '../access/principal.ts';
import { newSecret } from '../runtime/ids.ts';
import type { IdentityRows } from '../metadata/identity/port.ts';
import type { UserRules } from './users.ts';

export type FirstAdministrator = { readonly name: string; /** Only when it was made here. */ readonly password?: string };

const defaultName = 'naru-admin';

/** Undefined when there is an administrator already. Throws REQUEST_INVALID for a name or a password that cannot be. */
export async function ensureAdministrator(
  rows: IdentityRows,
  users: Pick<UserRules, 'create'>,
  configured: { readonly user?: string | undefined; readonly password?: string | undefined },
): Promise<FirstAdministrator | undefined> {
  if (await rows.users.hasAdministrator()) return undefined;
  const password = configured.password ?? newSecret().slice(0, 24);
  const { name } = await users.create({ name: configured.user ?? defaultName, password, administrator: true }, { actor: principalName(operator) });
  return { name, ...(configured.password === undefined && { password }) };
}

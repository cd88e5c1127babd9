/**
 * What a client gets for proving who it is at `/token`: a registry token for the scopes that it asked
 * for and may have. Asking for more than one may is no error; the token then says less, and the
 * request that needs more is refused with a challenge.
 */
import type { RepositoryName } from '@naru/oci/repository-name';
import { type Action, isAction } from '../access/action.ts';
import type { Caller } from '../access/caller.ts';
import type { AccessReads } from '../metadata/identity/port.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Callers, Identity } from './callers.ts';
import type { RegistryTokens } from './registry-token.ts';
import type { TokenScope } from './token-scope.ts';

export type TokenGrants = {
  /** Throws UNAUTHORIZED when the identity is not valid (any more). */
  grant(identity: Identity, scopes: readonly TokenScope[], address: string): Promise<IssuedToken>;
};

export type IssuedToken = { readonly token: string; readonly issuedAt: number; readonly lifetimeSeconds: number; readonly granted: readonly TokenScope[] };

export type TokenGrantParts = {
  readonly callers: Pick<Callers, 'callerOf'>;
  readonly access: AccessReads;
  readonly tokens: RegistryTokens;
  readonly clock: Clock;
  /** Told of what each token is asked for, granted or not. */
  readonly onAsked: (address: string, repositories: readonly RepositoryName[]) => void;
};

/** What clients ask for by name. `*` is all of it. */
const askable: readonly Action[] = ['pull', 'push', 'delete'];

export function createTokenGrants({ callers, access, tokens, clock, onAsked }: TokenGrantParts): TokenGrants {
  return {
    async grant(identity, scopes, address) {
      const caller = await callers.callerOf(identity, address);
      onAsked(
        address,
        scopes.flatMap((scope) => (scope.kind === 'repository' ? [scope.name] : [])),
      );
      const repositories = new Map<RepositoryName, Action[]>();
      const asked = new Map<RepositoryName, Action[]>();
      for (const scope of scopes) {
        if (scope.kind !== 'repository') continue;
        add(repositories, scope.name, await findAllowed(caller, scope.name, scope.actions));
        add(asked, scope.name, wantedOf(scope.actions));
        const moved = await access.findAlias(scope.name, clock.now());
        if (moved === undefined) continue;
        const allowedThere = await findAllowed(caller, moved, ['pull']);
        // The token can be read by whoever has it: a name that nothing is allowed on stays out of it.
        if (allowedThere.length > 0) add(repositories, moved, allowedThere);
      }
      const catalog = scopes.some(({ kind }) => kind === 'catalog') && caller.credential.kind !== 'none';
      const { actions, patterns } = identity.scope ?? {};
      const issued = await tokens.issue({
        subject: identity.subject,
        repositories,
        asked,
        catalog,
        ...(actions && { actions }),
        ...(patterns && { patterns }),
        ...(identity.expiresAt !== undefined && { endsBy: identity.expiresAt }),
      });
      const granted = [...repositories]
        .filter(([, allowed]) => allowed.length > 0)
        .map(([name, allowed]): TokenScope => ({ kind: 'repository', name, actions: allowed }));
      return { ...issued, granted: catalog ? [...granted, { kind: 'catalog' }] : granted };
    },
  };
}

async function findAllowed(caller: Caller, name: RepositoryName, asked: readonly string[]): Promise<Action[]> {
  const wanted = wantedOf(asked);
  const allowed: Action[] = [];
  for (const action of wanted) if (await caller.may(action, name)) allowed.push(action);
  // Docker's clients know no other word for it. Which tags may be moved or deleted is asked with the tag.
  if (allowed.includes('push')) allowed.push('tag:move');
  if (!allowed.includes('delete') && wanted.includes('delete') && allowed.includes('pull')) allowed.push('delete');
  return allowed;
}

function wantedOf(asked: readonly string[]): readonly Action[] {
  return asked.includes('*') ? askable : askable.filter((action) => asked.includes(action));
}

/** The same repository in two scopes is one. */
function add(repositories: Map<RepositoryName, Action[]>, name: RepositoryName, allowed: readonly Action[]): void {
  repositories.set(name, [...new Set([...(repositories.get(name) ?? []), ...allowed])].filter(isAction));
}

/**
 * May this principal do this to that repository, from there, now? The only place that decides (I9).
 * Pure: `identity/` brings what the rows say (`Standing`), the routes name their action and ask here
 * before any effect. Every rule has its row in the truth table of the test.
 *
 * In this order, and the first that applies decides:
 *
 *  1. profile `local`: there are no accounts, everything is allowed but `pull:blocked`
 *  2. the namespace is open to certain networks only, and the request is from none of them
 *  3. the credential is for less than this (a token's scope never adds, it only takes away)
 *  4. a grant that denies
 *  5. administrators, the operator, owners of the namespace; `pull:blocked` is the operator's alone, `review` no owner's
 *  6. public and internal repositories may be pulled
 *  7. the organisation's members may do what their organisation lets all members do
 *  8. a grant that allows
 *  9. nothing else is allowed
 *
 * A denial is no way to lock out whoever must repair it: 2 and 4 do not hold for `manage` by an
 * administrator.
 */
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { Action } from './action.ts';
import { type Conditions, isMet } from './conditions.ts';
import type { Network } from '../network/network.ts';
import { matchesRepository } from './pattern.ts';
import type { Principal } from './principal.ts';

export type Profile = 'local' | 'private' | 'hub';

export const visibilities = ['public', 'internal', 'private'] as const;
/** Who may pull: everybody (in profile `private` everybody with an account), everybody with an account, those with a grant. */
export type Visibility = (typeof visibilities)[number];

export type Grant = {
  readonly effect: 'allow' | 'deny';
  readonly actions: readonly Action[];
  readonly pattern: string;
  readonly conditions: Conditions;
};

/** What the rows say of a principal in a namespace. */
export type Standing = {
  /** Of the principal's own namespace, or of the organisation that it is. */
  readonly role?: 'owner' | 'member';
  /** What every member of the organisation may do in all its repositories. */
  readonly memberActions: readonly Action[];
  /** Those that name the principal, a team of it, or everybody; of this namespace and of the whole server. */
  readonly grants: readonly Grant[];
  /** When given, the namespace is there for requests from these networks only. */
  readonly networks?: readonly Network[];
};

/** What a credential is for. Absent: for all that its owner may do. */
export type Scope = {
  readonly actions?: readonly Action[];
  readonly patterns?: readonly string[];
  /** What a registry token was issued for: exactly these. */
  readonly repositories?: ReadonlyMap<string, readonly Action[]>;
  /** What its holder asked for when it was issued, granted or not: asking again would not help. */
  readonly asked?: ReadonlyMap<string, readonly Action[]>;
  /** Issued for the catalog as well. */
  readonly catalog?: boolean;
};

export type AccessRequest = {
  readonly profile: Profile;
  readonly principal: Principal;
  readonly scope?: Scope | undefined;
  readonly action: Action;
  /** No visibility: there is no such repository (yet). */
  readonly repository: { readonly name: RepositoryName; readonly visibility?: Visibility | undefined };
  readonly standing: Standing;
  readonly from: Circumstances;
};

export type Circumstances = {
  readonly address: string;
  /** Epoch ms. */
  readonly now: number;
  /** The tag that is made, moved or deleted. */
  readonly tag?: Tag;
};

export type Denial = 'network' | 'scope' | 'denied' | 'not-granted';

/** Undefined when it is allowed. */
export function findDenial(request: AccessRequest): Denial | undefined {
  const { profile, principal, action, repository, standing, from } = request;
  if (profile === 'local') return action === 'pull:blocked' ? 'not-granted' : undefined;
  const repairs = action === 'manage' && isAdministrator(principal);
  if (!repairs && standing.networks !== undefined && !standing.networks.some((network) => network.contains(from.address))) return 'network';
  if (!isInScope(request)) return 'scope';
  if (!repairs && standing.grants.some((grant) => grant.effect === 'deny' && applies(grant, request))) return 'denied';
  if (principal.kind === 'operator' || (action !== 'pull:blocked' && isAdministrator(principal))) return undefined;
  if (action !== 'pull:blocked' && action !== 'review' && standing.role === 'owner') return undefined;
  if (action === 'pull' && isOpen(profile, principal, repository.visibility)) return undefined;
  if (standing.role === 'member' && standing.memberActions.includes(action)) return undefined;
  return standing.grants.some((grant) => grant.effect === 'allow' && applies(grant, request)) ? undefined : 'not-granted';
}

function isAdministrator(principal: Principal): boolean {
  return principal.kind === 'operator' || (principal.kind === 'user' && principal.administrator);
}

function isOpen(profile: Profile, principal: Principal, visibility: Visibility | undefined): boolean {
  if (visibility === 'public') return principal.kind !== 'anonymous' || profile === 'hub';
  return visibility === 'internal' && principal.kind !== 'anonymous';
}

function isInScope({ scope, action, repository: { name } }: AccessRequest): boolean {
  if (scope === undefined) return true;
  if (scope.actions && !scope.actions.includes(action)) return false;
  if (scope.patterns && !scope.patterns.some((pattern) => matchesRepository(pattern, name))) return false;
  // Docker's clients ask for no more than a pull.
  return !scope.repositories || scope.repositories.get(name)?.includes(action === 'pull:blocked' || action === 'review' ? 'pull' : action) === true;
}

function applies(grant: Grant, { action, repository: { name }, from }: AccessRequest): boolean {
  return grant.actions.includes(action) && matchesRepository(grant.pattern, name) && isMet(grant, action, from);
}

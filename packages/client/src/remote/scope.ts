/**
 * What a token is asked for (token authentication of Docker's registry, "scope").
 *
 *     scopes := scope *( SP scope )      scope := type ":" name ":" action *( "," action )
 *
 * A set of scopes has one spelling here, so that it can be the key of a cache.
 */
export type Scope = string;

export function repositoryScope(name: string, ...actions: readonly ('pull' | 'push' | 'delete')[]): Scope {
  return `repository:${name}:${[...actions].sort().join(',')}`;
}

export const catalogScope: Scope = 'registry:catalog:*';

/** More in one challenge is an attack or a defect. */
export const scopesMax = 32;

/** Sorted, each name once with all its actions. What is no scope is left out. */
export function joinScopes(scopes: readonly Scope[]): Scope[] {
  const actionsOf = new Map<string, Set<string>>();
  for (const scope of scopes.slice(0, scopesMax)) {
    // The name may hold a colon (a host with a port); type and actions do not.
    const match = /^([a-z0-9()]+:[^\s"]+):([a-z*]+(?:,[a-z*]+)*)$/.exec(scope);
    const [, name, actions] = match ?? [];
    if (name === undefined || actions === undefined) continue;
    const known = actionsOf.get(name) ?? new Set();
    for (const action of actions.split(',')) known.add(action);
    actionsOf.set(name, known);
  }
  return [...actionsOf].map(([name, actions]) => `${name}:${[...actions].sort().join(',')}`).sort();
}

export function parseScopes(parameter: string | undefined): Scope[] {
  return parameter === undefined ? [] : joinScopes(parameter.trim().split(/\s+/));
}

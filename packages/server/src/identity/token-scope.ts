/**
 * Scopes of Docker's token authentication ("Token Scope Documentation", distribution's documentation):
 *
 *     scope        := resource *(SP resource)
 *     resource     := type ["(" class ")"] ":" name ":" action *("," action)
 *
 * The parameter may also be repeated: docker sends one for each repository of a mount.
 */
import { isRepositoryName, type RepositoryName } from '@naru/oci/repository-name';

export type TokenScope =
  | { readonly kind: 'repository'; readonly name: RepositoryName; readonly actions: readonly string[] }
  /** `registry:catalog:*` */
  | { readonly kind: 'catalog' };

/** Docker asks for the target and a handful of mount candidates. */
export const scopesMax = 100;

/** What cannot be a scope of ours grants nothing, and is left out. Undefined when there are too many. */
export function parseScopes(parameters: readonly string[]): TokenScope[] | undefined {
  const texts = parameters.flatMap((parameter) => parameter.split(' ')).filter(Boolean);
  return texts.length > scopesMax ? undefined : texts.flatMap(parseScope);
}

export function formatScope(scope: TokenScope): string {
  return scope.kind === 'catalog' ? 'registry:catalog:*' : `repository:${scope.name}:${scope.actions.join(',')}`;
}

function parseScope(text: string): TokenScope[] {
  const first = text.indexOf(':');
  const last = text.lastIndexOf(':');
  if (last <= first) return [];
  const type = text.slice(0, first).replace(/\([a-z]+\)$/, '');
  const name = text.slice(first + 1, last);
  const actions = text
    .slice(last + 1)
    .split(',')
    .filter(Boolean);
  if (type === 'registry' && name === 'catalog') return [{ kind: 'catalog' }];
  return type === 'repository' && isRepositoryName(name) ? [{ kind: 'repository', name, actions }] : [];
}

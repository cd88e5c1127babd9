import type { RepositoryName } from '@naru/oci/repository-name';

/** The first part of a repository's name, which is the name of the account that it belongs to; '' for a name of one part: those are the server's. */
export function namespaceOf(repository: string): string {
  const slash = repository.indexOf('/');
  return slash < 0 ? '' : repository.slice(0, slash);
}

/** The names `<namespace>/…` are those from `from` up to `below`, in the order of bytes: `0` is the character behind `/`. Both are only compared. */
export function namesOf(namespace: string): { readonly from: RepositoryName; readonly below: RepositoryName } {
  return { from: `${namespace}/` as RepositoryName, below: `${namespace}0` as RepositoryName };
}

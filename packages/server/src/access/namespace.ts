/** The first part of a repository's name, which is the name of the account that it belongs to; '' for a name of one part: those are the server's. */
export function namespaceOf(repository: string): string {
  const slash = repository.indexOf('/');
  return slash < 0 ? '' : repository.slice(0, slash);
}

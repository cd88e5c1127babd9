/** Where an image of an archive most likely goes: `registry:5000/team/app:1.2` is `team/app` and `1.2`, and what has no namespace is put into one's own. */
export function proposedTarget(name: string | undefined, namespace: string | undefined): { repository: string; tag: string } {
  if (name === undefined || name === '') return { repository: '', tag: 'latest' };
  // The specification's annotation may be a tag alone.
  if (!/[:/]/.test(name)) return { repository: '', tag: name };
  const [path = ''] = name.split('@');
  const colon = path.lastIndexOf(':');
  const hasTag = colon > path.lastIndexOf('/');
  const [first = '', ...rest] = (hasTag ? path.slice(0, colon) : path).split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const parts = hasRegistry ? rest : [first, ...rest];
  const own = parts[0] === 'library' && parts.length > 1 && namespace !== undefined ? parts.slice(1) : parts;
  return {
    repository: (own.length === 1 && namespace !== undefined ? [namespace, ...own] : own).join('/'),
    tag: hasTag ? path.slice(colon + 1) : 'latest',
  };
}

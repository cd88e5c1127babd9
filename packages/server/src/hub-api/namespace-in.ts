/** The namespace that an address names. No account can be called `server`: it is the whole of it, and the names of one part. */
export function namespaceIn(params: Readonly<Record<string, string>>): string {
  return parseNamespace(params['namespace'] ?? '');
}

export function parseNamespace(text: string): string {
  return text === 'server' ? '' : text;
}

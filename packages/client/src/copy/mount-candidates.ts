/**
 * From which repositories a layer may be mounted, the likeliest first. A try costs a request, so
 * small layers get few; repositories that begin like the target tend to have the same readers.
 */
const kilobyte = 1000;

/** `sources` are canonical names, the latest first. Gives paths. */
export function mountCandidates(sources: readonly string[], target: { readonly registry: string; readonly name: string }, sizeBytes: number): string[] {
  const prefix = `${target.registry}/`;
  const tries = sizeBytes <= 100 * kilobyte ? 1 : sizeBytes <= 10_000 * kilobyte ? 3 : 4;
  return sources
    .filter((source) => source.startsWith(prefix))
    .map((source) => source.slice(prefix.length))
    .filter((path) => path !== target.name)
    .sort((one, other) => commonParts(other, target.name) - commonParts(one, target.name))
    .slice(0, tries);
}

function commonParts(one: string, other: string): number {
  const others = other.split('/');
  const differs = one.split('/').findIndex((part, index) => part !== others[index]);
  return differs < 0 ? others.length : differs;
}

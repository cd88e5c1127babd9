/**
 * Under which keys a registry's credential may stand in a file, the most specific first.
 *
 *     key := [ "http://" | "https://" ] host [ ":" port ] [ "/" … ]
 *
 * Docker has one key for its Hub, an address, and hosts for everything else; Podman's files may go
 * further, down to one repository.
 */
export const dockerHubKey = 'https://index.docker.io/v1/';

const hubHosts = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);

/** What Docker writes for a registry. */
export function credentialKey(host: string): string {
  return hubHosts.has(host) ? dockerHubKey : host;
}

/** `host/ns/repo`, `host/ns`, …: not the host alone. */
export function namespacedKeys(host: string, repository: string | undefined): string[] {
  if (repository === undefined) return [];
  const registry = hubHosts.has(host) ? 'docker.io' : host;
  const parts = repository.split('/');
  return parts.map((_, index) => [registry, ...parts.slice(0, parts.length - index)].join('/'));
}

/** The key of the host itself among those of a file: as Docker writes it, or as older versions did. */
export function findHostKey(keys: readonly string[], host: string): string | undefined {
  const key = credentialKey(host);
  if (keys.includes(key)) return key;
  const names = hubHosts.has(host) ? hubHosts : new Set([host]);
  // A key with a path is somebody's namespace, unless it is an old address of an API.
  return keys.find((candidate) => names.has(hostOf(candidate)) && (isAddress(candidate) || !candidate.includes('/')));
}

/** What people type for a registry, and what files hold, cut down to the host. */
export function hostOf(text: string): string {
  const [host = ''] = text.replace(/^https?:\/\//, '').split('/', 1);
  return host;
}

function isAddress(key: string): boolean {
  return /^https?:\/\//.test(key) || /\/v[12]\/?$/.test(key);
}

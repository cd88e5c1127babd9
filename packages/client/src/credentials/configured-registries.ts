/** The registries that somebody has logged in to, for completion: names alone, and no secret is looked at. */
import type { Surroundings } from '../routing/environment.ts';
import { authsOf, objectIn, readAuthFile } from './auth-file.ts';
import { dockerHubKey, hostOf } from './credential-key.ts';
import { credentialPlaces } from './credential-places.ts';

export async function configuredRegistries(surroundings: Surroundings): Promise<string[]> {
  const { dockerConfig, before, after } = credentialPlaces(surroundings, undefined);
  const files = await Promise.all([...before, dockerConfig, ...after].map((path) => readAuthFile(path)));
  const keys = files.flatMap((file) => [...Object.keys(authsOf(file)), ...Object.keys(objectIn(file, 'credHelpers'))]);
  const hosts = keys.map((key) => (key === dockerHubKey ? 'docker.io' : hostOf(key)));
  return [...new Set(hosts)].filter((host) => host !== '').sort();
}

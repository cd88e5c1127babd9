/** Which files may hold credentials, in the order they are asked. */
import { join } from 'node:path';
import { configHome, readVariable, type Surroundings } from '../routing/environment.ts';

export type CredentialPlaces = {
  /** Docker's: written by login and logout, and the only one whose helpers count. */
  readonly dockerConfig: string;
  /** Asked before it. */
  readonly before: readonly string[];
  /** Podman's, asked after it. */
  readonly after: readonly string[];
};

/** `configFolder` is what `--config` said. */
export function credentialPlaces(surroundings: Surroundings, configFolder: string | undefined): CredentialPlaces {
  const { environment, homeFolder } = surroundings;
  const folder = configFolder ?? readVariable(environment, 'DOCKER_CONFIG') ?? join(homeFolder, '.docker');
  const named = readVariable(environment, 'REGISTRY_AUTH_FILE');
  const runtime = readVariable(environment, 'XDG_RUNTIME_DIR');
  return {
    dockerConfig: join(folder, 'config.json'),
    before: named === undefined ? [] : [named],
    after: [...(runtime === undefined ? [] : [join(runtime, 'containers', 'auth.json')]), join(configHome(surroundings), 'containers', 'auth.json')],
  };
}

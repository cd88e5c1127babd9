/** Variables of the environment, as they were handed in: an empty one counts as none (XDG, and every shell script). */
import { join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

export type Surroundings = { readonly environment: Environment; readonly homeFolder: string };

export function readVariable(environment: Environment, name: string): string | undefined {
  const value = environment[name];
  return value === '' ? undefined : value;
}

export function configHome({ environment, homeFolder }: Surroundings): string {
  return readVariable(environment, 'XDG_CONFIG_HOME') ?? join(homeFolder, '.config');
}

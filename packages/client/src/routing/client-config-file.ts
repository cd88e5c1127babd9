/** Where the settings are: `$NARU_CLIENT_CONFIG`, or the first of the user's file and the machine's. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Surroundings, configHome, readVariable } from './environment.ts';
import { type ClientConfig, ClientConfigError, emptyClientConfig, parseClientConfig } from './client-config.ts';

const maxBytes = 1024 * 1024;

/** Where a user would write settings. */
export function userConfigPath(surroundings: Surroundings): string {
  return readVariable(surroundings.environment, 'NARU_CLIENT_CONFIG') ?? join(configHome(surroundings), 'naru', 'client.yaml');
}

/** Throws ClientConfigError. A file that was named must be there; the usual ones need not. */
export async function readClientConfig(surroundings: Surroundings): Promise<ClientConfig> {
  const found = await findClientConfigFile(surroundings);
  if (found !== undefined) return parseClientConfig(await parseYaml(found.content, found.path), found.path);
  const named = readVariable(surroundings.environment, 'NARU_CLIENT_CONFIG');
  if (named !== undefined) throw new ClientConfigError(`${named}: there is no such file (NARU_CLIENT_CONFIG)`);
  return emptyClientConfig;
}

/** The one that counts, unread. Throws ClientConfigError. */
export async function findClientConfigFile(surroundings: Surroundings): Promise<{ readonly path: string; readonly content: string } | undefined> {
  const named = readVariable(surroundings.environment, 'NARU_CLIENT_CONFIG');
  for (const path of named === undefined ? [userConfigPath(surroundings), '/etc/naru/client.yaml'] : [named]) {
    const content = await readIfThere(path);
    if (content !== undefined) return { path, content };
  }
  return undefined;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    const content = await readFile(path, 'utf8');
    if (content.length > maxBytes) throw new ClientConfigError(`${path}: the file is too long`);
    return content;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
    throw error instanceof ClientConfigError ? error : new ClientConfigError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Loaded only when there is a file: most commands must start at once. */
async function parseYaml(content: string, path: string): Promise<unknown> {
  const { parse } = await import('yaml');
  try {
    return parse(content, { maxAliasCount: 0 }) as unknown;
  } catch (error) {
    throw new ClientConfigError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

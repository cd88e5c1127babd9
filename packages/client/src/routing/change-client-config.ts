/**
 * Changes the settings file as a person would with an editor: comments and order stay. What it becomes
 * is read back by the rules for settings before it is written, and it is replaced in one step, so a
 * mistake leaves it as it was.
 */
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Document } from 'yaml';
import { ClientConfigError, parseClientConfig } from './client-config.ts';
import { findClientConfigFile, userConfigPath } from './client-config-file.ts';
import type { Surroundings } from './environment.ts';

/**
 * The user's file, and where there is none yet, a copy of the one that counted until now: the user's
 * file would hide it. Gives the path. Throws ClientConfigError.
 */
export async function changeClientConfig(surroundings: Surroundings, temporaryName: string, change: (document: Document) => void): Promise<string> {
  const { parseDocument } = await import('yaml');
  const path = userConfigPath(surroundings);
  const before = await findClientConfigFile(surroundings);
  const document: Document = parseDocument(before?.content ?? '');
  const [mistake] = document.errors;
  if (mistake !== undefined) throw new ClientConfigError(`${before?.path ?? path}: ${mistake.message}`); // it is not ours to write over
  change(document);
  parseClientConfig(document.toJS({ maxAliasCount: 0 }), path);
  const mode = await stat(path).then(
    (found) => found.mode & 0o777,
    () => 0o600,
  );
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${temporaryName}`;
  try {
    await writeFile(temporary, String(document), { mode, flag: 'wx' });
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  return path;
}

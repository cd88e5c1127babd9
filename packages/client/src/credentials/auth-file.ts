/**
 * Docker's config.json and Podman's auth.json: the same shape, and much in them that is not ours. What
 * we do not know survives a change; a file that cannot be read as JSON is an error and never written.
 * A change is a new file beside the old one, for nobody but its owner, that takes its place at once.
 */
import { mkdir, open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

export class AuthFileError extends Error {
  override readonly name = 'AuthFileError';
}

export type AuthFile = Readonly<Record<string, unknown>>;

const maxBytes = 4 * 2 ** 20;

/** Undefined when there is none. Throws AuthFileError. */
export async function readAuthFile(path: string): Promise<AuthFile | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw new AuthFileError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  if (text.trim() === '') return {};
  return parseAuthFile(text, path);
}

/** Throws AuthFileError. Its message says nothing of the content, which holds secrets. */
export function parseAuthFile(text: string, where: string): AuthFile {
  let value: unknown;
  try {
    value = text.length > maxBytes ? undefined : JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new AuthFileError(`${where} is not a JSON object`);
  return value as AuthFile; // just checked
}

export function authsOf(file: AuthFile | undefined): Readonly<Record<string, unknown>> {
  return objectIn(file, 'auths');
}

/** A field that holds an object; empty when it does not. */
export function objectIn(file: AuthFile | undefined, field: string): Readonly<Record<string, unknown>> {
  const value = file?.[field];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {}; // just checked
}

/** Reads, changes, writes. `change` gives undefined when nothing is to be written. Throws AuthFileError. */
export async function changeAuthFile(path: string, temporaryName: string, change: (file: AuthFile) => AuthFile | undefined): Promise<void> {
  const changed = change((await readAuthFile(path)) ?? {});
  if (changed === undefined) return;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // The link stays a link; what it leads to is replaced.
  const target = await realpath(path).catch(() => path);
  const temporary = `${target}.${temporaryName}`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(changed, null, '\t')}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new AuthFileError(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

export function withAuth(file: AuthFile, key: string, entry: unknown): AuthFile {
  return { ...file, auths: { ...authsOf(file), [key]: entry } };
}

/** Undefined when none of them stood there. */
export function withoutAuths(file: AuthFile, keys: readonly string[]): AuthFile | undefined {
  const auths = authsOf(file);
  if (!keys.some((key) => Object.hasOwn(auths, key))) return undefined;
  return { ...file, auths: Object.fromEntries(Object.entries(auths).filter(([key]) => !keys.includes(key))) };
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

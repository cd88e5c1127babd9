/** What `--env` and `--env-file` may say. */
import { readFileSync } from 'node:fs';
import { ContainerError } from './container.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A name alone takes its value from `own`, if there is one. */
export function variablesOf(entries: readonly string[], own: Environment): string[] {
  return entries.flatMap((entry) => {
    if (entry === '' || entry.startsWith('=')) throw new ContainerError(`invalid environment variable: ${entry}`);
    if (entry.includes('=')) return [entry];
    return own[entry] === undefined ? [] : [`${entry}=${own[entry]}`];
  });
}

/** Lines; `#` begins a comment. Throws ContainerError. */
export function readEnvironmentFile(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split(/\r?\n/)
      .map((text) => text.trimStart())
      .filter((text) => text !== '' && !text.startsWith('#'));
  } catch (error) {
    throw new ContainerError(
      `open ${path}: ${error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'no such file or directory' : String(error)}`,
    );
  }
}

/** The later of two values for one name counts. */
export function mergeVariables(...lists: readonly (readonly string[])[]): string[] {
  return [...new Map(lists.flat().map((entry) => [entry.slice(0, Math.max(entry.indexOf('='), 0)), entry])).values()].filter((entry) => entry.includes('='));
}

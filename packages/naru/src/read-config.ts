import type { Config } from '@naru/server/config/config';
import { loadConfig, type LoadedConfig } from '@naru/server/config/load-config';
import { problemLine } from '@naru/server/config/problem';
import { printProblem } from './print.ts';

/** Undefined when there were problems; each was printed. */
export async function readConfig(flags: Readonly<Record<string, string>>): Promise<Config | undefined> {
  return (await readSettings(flags))?.config;
}

/** With where each setting was written. */
export async function readSettings(flags: Readonly<Record<string, string>>): Promise<Extract<LoadedConfig, { config: Config }> | undefined> {
  const loaded = loadConfig({ flags });
  if ('config' in loaded) return loaded;
  for (const problem of loaded.problems) await printProblem(problemLine(problem));
  return undefined;
}

/**
 * Puts the configuration together: flags beat environment beats file beats default. Every value that
 * was written is checked, also one that another beats, and every problem is reported at once.
 *
 * This folder is the only one that reads the environment.
 */
import { readFileSync } from 'node:fs';
import { checkTogether } from './check-together.ts';
import { type Config, configSchema } from './config.ts';
import { parseConfigFile } from './config-file.ts';
import { configFileVariable, type Environment, readEnvironment } from './environment.ts';
import type { Given } from './given.ts';
import { listInForce, type SettingInForce } from './in-force.ts';
import { type Problem, unknownProblem } from './problem.ts';
import { type Setting, settings } from './settings.ts';
import { findSuggestion } from './suggestion.ts';

/** By flag without dashes; `config` names the file. */
export type Flags = Readonly<Record<string, string | undefined>>;

export type LoadedConfig = { readonly config: Config; readonly inForce: readonly SettingInForce[] } | { readonly problems: readonly Problem[] };

export type LoadOptions = {
  readonly flags?: Flags;
  readonly env?: Environment;
  readonly readFile?: (path: string) => string;
};

type Written = { readonly given: readonly Given[]; readonly problems: readonly Problem[] };

export function loadConfig({ flags = {}, env = process.env, readFile = (path) => readFileSync(path, 'utf8') }: LoadOptions = {}): LoadedConfig {
  const byPrecedence = [readFlags(flags), readEnvironment(env), readConfigFile(flags, env, readFile)];
  const given = byPrecedence.flatMap((written) => written.given);
  const problems = [...byPrecedence.flatMap((written) => written.problems), ...given.flatMap(checkGiven)];
  const winners = settings.map((setting) => given.find((one) => one.setting === setting)).filter((one) => one !== undefined);

  // Where a value is wrong its default stands in, so that what concerns several settings is reported as well.
  const config = configSchema.parse(nest(winners.filter((one) => checkGiven(one).length === 0)));
  for (const { key, message } of checkTogether(config)) problems.push({ key, source: winners.find((one) => one.setting.key === key)?.source ?? '', message });
  return problems.length === 0 ? { config, inForce: listInForce(winners) } : { problems };
}

function readFlags(flags: Flags): Written {
  const given: Given[] = [];
  const problems: Problem[] = [];
  for (const [flag, value] of Object.entries(flags)) {
    if (value === undefined || flag === 'config') continue;
    const setting = settings.find((one) => one.flag === flag);
    if (setting !== undefined) given.push({ setting, value, source: `--${flag}`, kind: 'flag' });
    else problems.push(unknownProblem(`--${flag}`, '', 'flag', findSuggestion(`--${flag}`, [...settings.map((one) => `--${one.flag}`), '--config'])));
  }
  return { given, problems };
}

function readConfigFile(flags: Flags, env: Environment, readFile: (path: string) => string): Written {
  const [path, source] = flags['config'] === undefined ? [env[configFileVariable], configFileVariable] : [flags['config'], '--config'];
  if (path === undefined) return { given: [], problems: [] };
  try {
    return parseConfigFile(path, readFile(path));
  } catch (error) {
    return { given: [], problems: [{ key: 'config', source, message: `cannot read the file "${path}": ${whyUnreadable(error)}` }] };
  }
}

function checkGiven({ setting, value, source }: Given): Problem[] {
  const issues = setting.schema.safeParse(value).error?.issues ?? [];
  return issues.slice(0, 1).map((issue) => ({ key: setting.key, source, message: issue.message }));
}

/** The written values as the schema is shaped; its own defaults fill the rest. */
function nest(winners: readonly Given[]): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const { path } of settings) groupOf(root, path);
  for (const { setting, value } of winners) groupOf(root, setting.path)[lastName(setting)] = value;
  return root;
}

function groupOf(root: Record<string, unknown>, path: readonly string[]): Record<string, unknown> {
  return path.slice(0, -1).reduce((group, name) => (group[name] ??= {}) as Record<string, unknown>, root); // only groups are put at a group's name
}

function lastName(setting: Setting): string {
  return setting.path.at(-1) ?? setting.key;
}

function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'permission denied';
  if (code === 'EISDIR') return 'it is a folder';
  return error instanceof Error ? error.message : String(error);
}

/** What the configuration page of the documentation and `naru serve --help` are made from. */
import { settings } from './settings.ts';

export type ConfigReferenceEntry = {
  readonly key: string;
  readonly type: string;
  readonly default: string;
  readonly env: string;
  /** With its two dashes. */
  readonly flag: string;
  readonly description: string;
};

export function configReference(): ConfigReferenceEntry[] {
  return settings.map(({ key, type, default: preset, env, flag, description }) => ({ key, type, default: preset, env, flag: `--${flag}`, description }));
}

/**
 * Every setting with the value that holds, where it was written, and what it means: for whoever runs the
 * server and wonders. No secret leaves this file.
 */
import type { Given } from './given.ts';
import { settingSentences } from './korean-settings.ts';
import { type Setting, settings } from './settings.ts';

export type SettingSource = 'default' | 'file' | 'environment' | 'flag';

export type SettingInForce = {
  readonly key: string;
  readonly env: string;
  readonly flag: string;
  readonly type: string;
  readonly default: string;
  /** As it was written. Absent: it is a secret, and set. */
  readonly value?: string;
  readonly source: SettingSource;
  /** The line of the file, the variable, or the flag. */
  readonly place?: string;
  readonly description: { readonly en: string; readonly ko: string };
};

/** `winners`: at most one for each setting. */
export function listInForce(winners: readonly Given[]): SettingInForce[] {
  return settings.map((setting) =>
    describe(
      setting,
      winners.find((given) => given.setting === setting),
    ),
  );
}

function describe(setting: Setting, given: Given | undefined): SettingInForce {
  const { key, env, flag, type, default: preset, description, isSecret } = setting;
  const value = given === undefined ? preset : given.value;
  const isHidden = isSecret && value !== preset;
  return {
    key,
    env,
    flag: `--${flag}`,
    type,
    default: preset,
    ...(!isHidden && { value: withoutSecrets(textOf(value)) }),
    source: given?.kind ?? 'default',
    ...(given && { place: given.source }),
    description: { en: description, ko: settingSentences[flag] ?? description },
  };
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return asJson(value) ?? value.trim();
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

/** In one form, so that what stands in it is found however it was written. */
function asJson(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Passwords in addresses, and those of OpenID providers. */
function withoutSecrets(text: string): string {
  return text.replaceAll(/("clientSecret":)"(?:[^"\\]|\\.)*"/g, '$1"…"').replaceAll(/\/\/[^\s/]*@/g, '//…@');
}

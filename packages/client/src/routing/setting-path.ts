/**
 * A setting as `naru config` names it: `insecure-registries`, `registries.ghcr.io.mirrors`. The host
 * between the first and the last word may hold dots.
 */
import { ClientConfigError } from './client-config.ts';

export type SettingPath = { readonly path: readonly string[]; readonly kind: 'text' | 'list' | 'flag' };

const kinds: Readonly<Record<string, SettingPath['kind']>> = {
  'default-registry': 'text',
  'insecure-registries': 'list',
  'registry-mirrors': 'list',
};
const registryKinds: Readonly<Record<string, SettingPath['kind']>> = { mirrors: 'list', insecure: 'flag', blocked: 'flag' };

export const settingKeys: readonly string[] = [...Object.keys(kinds), ...Object.keys(registryKinds).map((key) => `registries.HOST.${key}`)];

/** Throws ClientConfigError. */
export function parseSettingPath(key: string): SettingPath {
  const top = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
  if (top !== undefined) return { path: [key], kind: top };
  const [, host, last] = /^registries\.(.+)\.([a-z]+)$/.exec(key) ?? [];
  const kind = last !== undefined && Object.hasOwn(registryKinds, last) ? registryKinds[last] : undefined;
  if (host === undefined || last === undefined || kind === undefined) {
    throw new ClientConfigError(`there is no setting ${key}. There are: ${settingKeys.join(', ')}`);
  }
  return { path: ['registries', host, last], kind };
}

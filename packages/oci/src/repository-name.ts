/**
 * Repository names and tags as distribution-spec spells them ("Pull", end-2 and end-3).
 *
 *     name := component ("/" component)*          component := [a-z0-9]+ (("." | "_" | "__" | "-"+) [a-z0-9]+)*
 *     tag  := [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}
 *
 * Docker's names with a registry in front are another subject: `reference.ts`.
 */
import { RegistryError } from './registry-error.ts';

declare const repositoryNameBrand: unique symbol;
declare const tagBrand: unique symbol;
export type RepositoryName = string & { readonly [repositoryNameBrand]: true };
export type Tag = string & { readonly [tagBrand]: true };

/** Docker refuses longer paths, so no client could pull them. */
export const repositoryNameMaxLength = 255;

const namePattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

/** Throws NAME_INVALID. */
export function parseRepositoryName(text: string): RepositoryName {
  if (!isRepositoryName(text)) throw new RegistryError('NAME_INVALID', { detail: { name: text.slice(0, repositoryNameMaxLength) } });
  return text;
}

export function isRepositoryName(text: string): text is RepositoryName {
  return text.length <= repositoryNameMaxLength && namePattern.test(text);
}

/** Throws TAG_INVALID. */
export function parseTag(text: string): Tag {
  if (!isTag(text)) throw new RegistryError('TAG_INVALID', { detail: { tag: text.slice(0, 128) } });
  return text;
}

export function isTag(text: string): text is Tag {
  return tagPattern.test(text);
}

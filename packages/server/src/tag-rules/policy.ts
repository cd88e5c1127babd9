/**
 * What a repository asks of its tags, and what the server keeps for it. Pure: rows ask it inside the
 * transaction of every move, so that two pushes at once see each other.
 *
 *     pattern := a tag pattern (`v*`) | "{semver}" a semantic version, with or without "v" | "{release}" one that is no prerelease
 *
 * Versions are those of Semantic Versioning 2.0 whole: `1.2` is none. A prerelease has a `-`; build
 * metadata needs a `+`, which no tag can hold.
 */
import type { Tag } from '@naru/oci/repository-name';
import { compare, parse, type SemVer } from 'semver';
import { isTagPattern, matchesText } from '../access/pattern.ts';

export const aliasKinds = ['major', 'minor', 'latest'] as const;
export type AliasKind = (typeof aliasKinds)[number];

export type TagPolicy = {
  /** One of them must match; absent: any tag may be. */
  readonly allowed?: readonly string[];
  readonly forbidden?: readonly string[];
  /** What these match is pushed once: it neither moves nor goes. */
  readonly immutable?: readonly string[];
  /** `1`, `1.2` and `latest`, each on the highest release it stands for. */
  readonly aliases?: readonly AliasKind[];
  /** The first that matches is shown to whoever pulls the tag. */
  readonly notices?: readonly TagNotice[];
};

export type TagNotice = { readonly tags: string; readonly kind: 'deprecated' | 'end-of-life'; readonly message: string; readonly at: number };

export const patternsMax = 50;

export function isTagRulePattern(text: string): boolean {
  return text === '{semver}' || text === '{release}' || isTagPattern(text);
}

export function matchesTag(pattern: string, tag: string): boolean {
  if (pattern === '{semver}') return parse(tag) !== null;
  if (pattern === '{release}') return isRelease(tag);
  return matchesText(pattern, tag);
}

/** Why a tag may not be (any more) where somebody wants to put it; undefined when it may. */
export function findNamingFault({ allowed, forbidden = [], aliases = [] }: TagPolicy, tag: Tag): string | undefined {
  if (isAlias(aliases, tag)) return `the server keeps ${tag} here: it follows the highest release`;
  const refusing = forbidden.find((pattern) => matchesTag(pattern, tag));
  if (refusing !== undefined) return `${tag} is not allowed here: tags like ${refusing} are forbidden`;
  if (allowed !== undefined && !allowed.some((pattern) => matchesTag(pattern, tag)))
    return `${tag} is not allowed here: tags must be like ${allowed.join(' or ')}`;
  return undefined;
}

export function isImmutable({ immutable = [], aliases = [] }: TagPolicy, tag: Tag): boolean {
  return !isAlias(aliases, tag) && immutable.some((pattern) => matchesTag(pattern, tag));
}

export function findNotice({ notices = [] }: TagPolicy, tag: string): TagNotice | undefined {
  return notices.find(({ tags }) => matchesTag(tags, tag));
}

/** Where each alias belongs, of all tags of a repository. Those that stand for nothing have no entry. */
export function placeAliases<Place>(aliases: readonly AliasKind[], tags: readonly { readonly tag: Tag; readonly place: Place }[]): Map<Tag, Place> {
  const best = new Map<string, { version: SemVer; place: Place }>();
  for (const { tag, place } of tags) {
    const version = parse(tag);
    if (version === null || version.prerelease.length > 0) continue;
    for (const alias of aliasesOf(aliases, tag, version)) {
      const known = best.get(alias);
      if (known === undefined || compare(version, known.version) > 0) best.set(alias, { version, place });
    }
  }
  return new Map([...best].map(([alias, { place }]) => [alias as Tag, place])); // made of a part of a tag, or `latest`
}

export function isRelease(tag: string): boolean {
  const version = parse(tag);
  return version !== null && version.prerelease.length === 0;
}

/** Could the server keep this tag, whether or not there is a release for it? */
export function isAlias(aliases: readonly AliasKind[], tag: string): boolean {
  return aliases.some((kind) => (kind === 'latest' ? tag === 'latest' : kind === 'major' ? /^v?\d+$/.test(tag) : /^v?\d+\.\d+$/.test(tag)));
}

/** Rules that leave nothing to push, or that fight each other. */
export function findContradiction({ allowed, forbidden = [], aliases = [] }: TagPolicy): string | undefined {
  const kept = forbidden.find((pattern) => aliases.includes('latest') && pattern === 'latest');
  if (kept !== undefined) return 'latest is forbidden, and the server is to keep it';
  if (forbidden.includes('*')) return 'every tag is forbidden';
  if (allowed !== undefined && allowed.every((pattern) => forbidden.includes(pattern))) return 'all that is allowed is forbidden';
  const isVersioned =
    allowed === undefined ||
    allowed.some((pattern) => ['1.2.3', 'v1.2.3'].some((tag) => pattern.startsWith('{') || matchesTag(pattern, tag) || pattern.includes('*')));
  return aliases.length > 0 && !isVersioned ? 'the server is to keep aliases of versions, and no version is allowed' : undefined;
}

/** `v1.2.3` is told by `v1` and `v1.2`, `1.2.3` by `1` and `1.2`. */
function aliasesOf(aliases: readonly AliasKind[], tag: string, { major, minor }: SemVer): string[] {
  const before = tag.startsWith('v') ? 'v' : '';
  return aliases.map((kind) => (kind === 'latest' ? 'latest' : kind === 'major' ? `${before}${major}` : `${before}${major}.${minor}`));
}

/** Which tags an environment takes by itself. Pure. */
import type { Tag } from '@naru/oci/repository-name';
import { compare, satisfies, valid, validRange } from 'semver';
import { matchesText } from '../access/pattern.ts';
import type { Environment, Follows } from '../metadata/deploy/port.ts';

/** `1.x`, `>=2 <3`, `^1.4`, as npm's `semver` reads them. */
export function isVersionRange(text: string): boolean {
  return text.length <= 100 && validRange(text) !== null;
}

export function follows(rule: Follows, tag: Tag): boolean {
  switch (rule.kind) {
    case 'nothing':
      return false;
    case 'tags':
      return matchesText(rule.pattern, tag);
    case 'versions':
      return valid(tag) !== null && satisfies(tag, rule.range);
  }
}

/** A patch for an old version, pushed after a newer one, must not take the newer one's place. */
export function isStepBack(rule: Follows, now: Tag | undefined, next: Tag): boolean {
  return rule.kind === 'versions' && now !== undefined && valid(now) !== null && compare(next, now) < 0;
}

/** `''` is the only instance of an environment that has one. */
export function instanceFor({ perTag }: Pick<Environment, 'perTag'>, tag: Tag | undefined): string {
  return perTag ? (tag ?? '') : '';
}

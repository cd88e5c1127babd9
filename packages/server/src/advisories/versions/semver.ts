/** Semantic versions, as npm and Cargo have them: what is built (`+…`) does not count. */
import { compare, parse } from 'semver';
import { longestVersion, type VersionOrder } from './version-order.ts';

export const semverOrder: VersionOrder = {
  isVersion: (text) => text.length <= longestVersion && parse(text) !== null,
  compare: (one, other) => compare(one, other),
};

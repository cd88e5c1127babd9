/** Python's versions (PEP 440), local ones (`1.0+deb1`) too. What is older than that rule, as `2004d`, is no version. */
import { compare, valid } from '@renovatebot/pep440';
import { longestVersion, type VersionOrder } from './version-order.ts';

export const pep440Order: VersionOrder = {
  isVersion: (text) => text.length <= longestVersion && valid(text) !== null,
  compare: (one, other) => compare(one, other),
};

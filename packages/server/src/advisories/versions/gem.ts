/**
 * RubyGems' versions: numbers and words in turn, `-` reads as `.pre.`. A word makes a prerelease: it is before
 * every number, and before the end, which counts as 0. Zeros before the first word and at the end say nothing.
 */
import { compareDigits, compareKeys, compareText } from './compare-keys.ts';
import { longestVersion, type VersionOrder } from './version-order.ts';

export const gemOrder: VersionOrder = {
  isVersion: (text) => text.length <= longestVersion && /^\d+(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/.test(text),
  compare: (one, other) => compareKeys(segmentsOf(one), segmentsOf(other), '0', compareSegment),
};

function segmentsOf(version: string): readonly string[] {
  const segments = version.replaceAll('-', '.pre.').match(/\d+|[A-Za-z]+/g) ?? [];
  const firstWord = segments.findIndex((segment) => !isNumber(segment));
  if (firstWord < 0) return segments;
  const lastNumber = segments.slice(0, firstWord).findLastIndex((segment) => !/^0+$/.test(segment));
  return [...segments.slice(0, lastNumber + 1), ...segments.slice(firstWord)];
}

const isNumber = (segment: string): boolean => /^\d/.test(segment);

function compareSegment(one: string, other: string): number {
  if (isNumber(one) !== isNumber(other)) return isNumber(one) ? 1 : -1;
  return isNumber(one) ? compareDigits(one, other) : compareText(one, other);
}

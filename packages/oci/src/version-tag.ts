/**
 * Tags that are versions, in the order in which people look for them: newest first.
 *
 *     version    := [ "v" ] number *3( "." number ) [ [ sep ] prerelease ] *( sep variant )
 *     prerelease := stage [ number ] *( sep number ) / number *( sep number )
 *     stage      := "alpha" / "beta" / "rc" / …                  sep := "-" / "_" / "."
 *
 * Precedence is that of Semantic Versioning 2.0.0 (11), with two things that tags of images have and
 * versions of libraries do not: fewer numbers (`1`, `1.27`), which move along and stand before what
 * they cover, and variants (`1.27.2-alpine`), which are the same version on another ground.
 */

export type VersionTag = {
  readonly hasPrefix: boolean;
  /** Decimal digits without leading zeros: they may be longer than a number can hold. */
  readonly numbers: readonly string[];
  /** Empty for a release. */
  readonly prerelease: readonly string[];
  /** `alpine3.20`; empty for none. */
  readonly variant: string;
};

export type VersionStep = 'major' | 'minor' | 'patch' | 'prerelease';

const numbersPattern = /^(v?)(\d+(?:\.\d+){0,3})(?![\d])(.*)$/i;
const stage = /^(?:alpha|beta|rc|pre|preview|dev|snapshot|nightly|canary|next|milestone|m|a|b)\d*$/i;
const number = /^\d+$/;

/** Undefined for names such as `latest`, and for what only begins like a version, such as a hash. */
export function findVersion(tag: string): VersionTag | undefined {
  const [, prefix = '', digits = '', rest = ''] = numbersPattern.exec(tag) ?? [];
  if (digits === '') return undefined;
  const attached = /^[a-z]+\d*(?=$|[-_.])/i.exec(rest)?.[0] ?? '';
  if (attached !== '' && !stage.test(attached)) return undefined;
  const separated = rest.slice(attached.length);
  if (separated !== '' && !/^[-_.]/.test(separated)) return undefined;
  const parts = [...(attached === '' ? [] : [attached]), ...separated.split(/[-_.]/).slice(1)];
  const length = prereleaseLength(parts);
  return {
    hasPrefix: prefix !== '',
    numbers: digits.split('.').map(withoutZeros),
    prerelease: parts.slice(0, length),
    variant: parts.slice(length).join('-'),
  };
}

/** For `sort`: versions newest first, each release before its pre-releases; then names, `latest` at their head. Zero only for the same tag. */
export function compareTags(one: string, other: string): number {
  const [a, b] = [findVersion(one), findVersion(other)];
  if (a && b) return compareVersions(a, b) || compareText(one, other);
  if (a || b) return a ? 1 : -1;
  if (one === 'latest' || other === 'latest') return one === other ? 0 : one === 'latest' ? -1 : 1;
  return compareText(one, other);
}

/** Newest first; zero for what differs only in how it is written (`v1.0`, `1.0`). */
export function compareVersions(a: VersionTag, b: VersionTag): number {
  for (let index = 0; index < Math.max(a.numbers.length, b.numbers.length); index++) {
    const [left, right] = [a.numbers[index], b.numbers[index]];
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    const order = compareNumbers(right, left);
    if (order !== 0) return order;
  }
  return comparePrereleases(a.prerelease, b.prerelease) || compareText(a.variant, b.variant);
}

/** What changed from the older to the newer, when both are whole versions on the same ground. */
export function stepBetween(newer: VersionTag, older: VersionTag): VersionStep | undefined {
  if (newer.variant !== older.variant || newer.numbers.length < 3 || older.numbers.length < 3) return undefined;
  const at = newer.numbers.findIndex((digits, index) => digits !== older.numbers[index]);
  if (at === 0) return 'major';
  if (at === 1) return 'minor';
  if (at >= 2 || newer.numbers.length !== older.numbers.length) return 'patch';
  return comparePrereleases(newer.prerelease, older.prerelease) === 0 ? undefined : 'prerelease';
}

/** `1.27`, or `1` for a tag that says no more: what tags are grouped by. */
export function releaseLine({ numbers }: VersionTag): string {
  return numbers.slice(0, 2).join('.');
}

/** How many of the parts behind the numbers say that it is not released yet. */
function prereleaseLength(parts: readonly string[]): number {
  const [first] = parts;
  if (first === undefined || !(stage.test(first) || number.test(first))) return 0;
  const end = parts.findIndex((part, index) => index > 0 && !number.test(part));
  return end < 0 ? parts.length : end;
}

/** Newest first: the release, then the pre-releases by SemVer 11.4. */
function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return Math.sign(a.length - b.length);
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const [left, right] = [a[index], b[index]];
    if (left === undefined || right === undefined) return left === undefined ? 1 : -1;
    const order = compareIdentifiers(right, left);
    if (order !== 0) return order;
  }
  return 0;
}

/** Oldest first. `rc10` is newer than `rc9`, which SemVer would say only of `rc.10`. */
function compareIdentifiers(a: string, b: string): number {
  const [aIsNumber, bIsNumber] = [number.test(a), number.test(b)];
  if (aIsNumber || bIsNumber) return aIsNumber && bIsNumber ? compareNumbers(withoutZeros(a), withoutZeros(b)) : aIsNumber ? -1 : 1;
  const [left, right] = [splitStage(a), splitStage(b)];
  return compareText(left.word, right.word) || compareNumbers(left.digits, right.digits);
}

function splitStage(text: string): { word: string; digits: string } {
  const digits = /\d*$/.exec(text)?.[0] ?? '';
  return { word: text.slice(0, text.length - digits.length).toLowerCase(), digits: withoutZeros(digits) };
}

function compareNumbers(a: string, b: string): number {
  return Math.sign(a.length - b.length) || compareText(a, b);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function withoutZeros(digits: string): string {
  return digits.replace(/^0+(?=\d)/, '');
}

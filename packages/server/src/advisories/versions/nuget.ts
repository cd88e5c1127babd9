/** NuGet's versions: semantic ones of one to four numbers, zeros in front allowed, prereleases without regard to case. */
import { compareDigits, compareKeys, compareText } from './compare-keys.ts';
import { longestVersion, type VersionOrder } from './version-order.ts';

export const nugetOrder: VersionOrder = {
  isVersion: (text) => text.length <= longestVersion && grammar.test(text),
  compare(one, other) {
    const a = partsOf(one);
    const b = partsOf(other);
    return compareKeys(a.numbers, b.numbers, '0', compareDigits) || compareLabels(a.labels, b.labels);
  },
};

const grammar = /^v?(\d+(?:\.\d+){0,3})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]*)?$/i;

function partsOf(version: string): { numbers: readonly string[]; labels: readonly string[] } {
  const [, numbers = '', labels] = grammar.exec(version) ?? [];
  return { numbers: numbers.split('.'), labels: labels === undefined ? [] : labels.toLowerCase().split('.') };
}

/** None is the release itself, after every prerelease of it. */
function compareLabels(one: readonly string[], other: readonly string[]): number {
  if (one.length === 0 || other.length === 0) return other.length - one.length;
  return compareKeys<string | undefined>(one, other, undefined, compareLabel);
}

function compareLabel(one: string | undefined, other: string | undefined): number {
  const order = rankOf(one) - rankOf(other);
  if (order !== 0 || one === undefined || other === undefined) return order;
  return rankOf(one) === 1 ? compareDigits(one, other) : compareText(one, other);
}

function rankOf(label: string | undefined): number {
  if (label === undefined) return 0;
  return /^\d+$/.test(label) ? 1 : 2;
}

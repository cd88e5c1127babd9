/**
 * Composer's versions (https://getcomposer.org/doc/articles/versions.md): up to four numbers, then how
 * finished it is. Names of branches (`dev-main`) are no versions.
 *
 *     dev < alpha < beta < RC < stable < patch
 */
import { compareDigits, compareKeys } from './compare-keys.ts';
import { longestVersion, type VersionOrder } from './version-order.ts';

export const composerOrder: VersionOrder = {
  isVersion: (text) => text.length <= longestVersion && grammar.test(text),
  compare(one, other) {
    const a = partsOf(one);
    const b = partsOf(other);
    return (
      compareKeys(a.numbers, b.numbers, '0', compareDigits) ||
      a.stability - b.stability ||
      compareKeys(a.revision, b.revision, '0', compareDigits) ||
      Number(b.isDevelopment) - Number(a.isDevelopment)
    );
  },
};

const grammar = /^v?(\d+(?:\.\d+){0,3})(?:[._-]?(stable|beta|b|rc|alpha|a|patch|pl|p)((?:[.-]?\d+(?:[.-]\d+)*)?))?([.-]?dev)?(?:\+[0-9A-Za-z.-]*)?$/i;

/** A place in the order for each way to write it; without any it is stable. */
const stabilities: Readonly<Record<string, number>> = { alpha: 1, a: 1, beta: 2, b: 2, rc: 3, stable: 4, patch: 5, pl: 5, p: 5 };

function partsOf(version: string): { numbers: readonly string[]; stability: number; revision: readonly string[]; isDevelopment: boolean } {
  const [, numbers = '', word, revision = '', development] = grammar.exec(version) ?? [];
  const isDevelopment = development !== undefined;
  const stability = word === undefined ? Number(!isDevelopment) * 4 : (stabilities[word.toLowerCase()] ?? 4);
  return { numbers: numbers.split('.'), stability, revision: revision.match(/\d+/g) ?? [], isDevelopment };
}

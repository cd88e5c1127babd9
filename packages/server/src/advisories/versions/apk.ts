/**
 * Alpine's order:
 *
 *     version := number ("." number)* [letter] ("_" suffix [number])* ["~" hash] ["-r" number]
 *     suffix  := alpha | beta | pre | rc (before the version) | cvs | svn | git | hg | p (after it)
 *
 * Where two differ in what comes next, a number is after a letter, that after a suffix, that after a
 * revision, that after the end; only a suffix of what is not yet the version is before the end. A number
 * after a dot that begins with zeros is a fraction: `1.05` is before `1.5`, as apk-tools 2 has it.
 */
import { compareDigits, compareText } from './compare-keys.ts';
import { longestVersion, type VersionOrder } from './version-order.ts';

export const apkOrder: VersionOrder = {
  isVersion: (text) => text.length <= longestVersion && grammar.test(text),
  compare(one, other) {
    const a = piecesOf(one);
    const b = piecesOf(other);
    for (let place = 0; place < Math.max(a.length, b.length); place += 1) {
      const order = comparePiece(a[place] ?? end, b[place] ?? end);
      if (order !== 0) return order;
    }
    return 0;
  },
};

const grammar = /^\d+(?:\.\d+)*[a-z]?(?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)\d*)*(?:~[0-9a-f]+)?(?:-r\d+)?$/;

type Piece = { readonly rank: number; readonly text: string };

/** From what is before everything to what is after it. */
const ranks = { before: 0, end: 1, revision: 2, hash: 3, suffixNumber: 4, after: 5, letter: 6, digits: 7, zeros: 8 } as const;
const end: Piece = { rank: ranks.end, text: '' };

const before = ['alpha', 'beta', 'pre', 'rc'];
const after = ['cvs', 'svn', 'git', 'hg', 'p'];

function piecesOf(version: string): Piece[] {
  const tokens = version.match(/-r\d+|~[0-9a-f]+|_[a-z]+|\.?\d+|[a-z]/g) ?? [];
  return tokens.flatMap((token, place) => {
    const text = token.replace(/^(?:-r|[~_.])/, '');
    if (token.startsWith('-r')) return [{ rank: ranks.revision, text }];
    if (token.startsWith('~')) return [{ rank: ranks.hash, text }];
    if (token.startsWith('_')) return [{ rank: before.includes(text) ? ranks.before : ranks.after, text }];
    if (token.startsWith('.')) return fractionOf(text);
    if (!/^\d/.test(token)) return [{ rank: ranks.letter, text }];
    return [{ rank: tokens[place - 1]?.startsWith('_') ? ranks.suffixNumber : ranks.digits, text }];
  });
}

/** `05` → zeros `0`, digits `5` */
function fractionOf(text: string): Piece[] {
  const zeros = /^0+/.exec(text)?.[0];
  if (zeros === undefined) return [{ rank: ranks.zeros, text }];
  return [{ rank: ranks.zeros, text: zeros }, ...(zeros.length < text.length ? [{ rank: ranks.digits, text: text.slice(zeros.length) }] : [])];
}

function comparePiece(one: Piece, other: Piece): number {
  if (one.rank !== other.rank) return one.rank - other.rank;
  switch (one.rank) {
    case ranks.before:
      return before.indexOf(one.text) - before.indexOf(other.text);
    case ranks.after:
      return after.indexOf(one.text) - after.indexOf(other.text);
    case ranks.letter:
    case ranks.hash:
      return compareText(one.text, other.text);
    case ranks.zeros:
      return compareFraction(one.text, other.text);
    default:
      return compareDigits(one.text, other.text);
  }
}

/** More zeros are less; any zeros are less than a number without. */
function compareFraction(one: string, other: string): number {
  const [a, b] = [one, other].map((text) => (text.startsWith('0') ? text.length : 0));
  if (a === 0 && b === 0) return compareDigits(one, other);
  return (b ?? 0) - (a ?? 0);
}

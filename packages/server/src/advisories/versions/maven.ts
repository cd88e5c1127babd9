/**
 * Maven's order (https://maven.apache.org/pom.html#version-order-specification). A version is cut at `.`,
 * `-`, `_` and between digits and letters, the last as at `-`. What says nothing (0, `final`, `ga`, `release`)
 * is dropped at the end and before each `-` or word. Then place by place:
 *
 *     alpha < beta < milestone < rc = cr < snapshot < the end < sp < other words < "-" number < "." number
 */
import { compareDigits, compareText } from './compare-keys.ts';
import { longestVersion, type VersionOrder } from './version-order.ts';

export const mavenOrder: VersionOrder = {
  isVersion: (text) => text.length <= longestVersion && /^[A-Za-z0-9]/.test(text),
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

type Piece = { readonly rank: number; readonly text: string };

const words = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp'];
const end: Piece = { rank: words.indexOf(''), text: '' };
const ranks = { otherWord: 7, afterDash: 8, afterDot: 9 } as const;

const names: Readonly<Record<string, string>> = { cr: 'rc', ga: '', final: '', release: '' };
const beforeNumber: Readonly<Record<string, string>> = { a: 'alpha', b: 'beta', m: 'milestone' };

function piecesOf(version: string): Piece[] {
  const pieces: Piece[] = [];
  for (const piece of rawPiecesOf(version.toLowerCase())) {
    if (piece.rank !== ranks.afterDot) dropNothings(pieces);
    pieces.push(piece);
  }
  dropNothings(pieces);
  return pieces;
}

function rawPiecesOf(version: string): Piece[] {
  // An empty piece between two signs is a 0.
  return [...version.matchAll(/(^|[._-]|(?<=\d)(?=[^\d._-])|(?<=[^\d._-])(?=\d))(\d+|[^\d._-]+|)/g)].map((found) => {
    const [whole, sign = '', text = ''] = found;
    if (text === '' || /^\d/.test(text)) return { rank: sign === '.' || found.index === 0 ? ranks.afterDot : ranks.afterDash, text: text || '0' };
    const next = version[found.index + whole.length] ?? '';
    const word = (/\d/.test(next) ? beforeNumber[text] : undefined) ?? names[text] ?? text;
    const known = words.indexOf(word);
    return known < 0 ? { rank: ranks.otherWord, text: word } : { rank: known, text: '' };
  });
}

function dropNothings(pieces: Piece[]): void {
  for (let last = pieces.at(-1); last !== undefined && isNothing(last); last = pieces.at(-1)) pieces.pop();
}

const isNothing = ({ rank, text }: Piece): boolean => rank === end.rank || (rank >= ranks.afterDash && /^0+$/.test(text));

function comparePiece(one: Piece, other: Piece): number {
  if (one.rank !== other.rank) return one.rank - other.rank;
  return one.rank === ranks.otherWord ? compareText(one.text, other.text) : compareDigits(one.text, other.text);
}

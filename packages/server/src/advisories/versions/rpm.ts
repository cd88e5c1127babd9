/**
 * RPM's order (rpm-version(7)): `[epoch:]version[-release]`. Each part is cut into numbers and words; what
 * stands between them does not count. `~` is before everything, the end too; `^` is after the end and before
 * all else; a number is after a word.
 */
import { compareDigits, compareText } from './compare-keys.ts';
import { longestVersion, type VersionOrder } from './version-order.ts';

export const rpmOrder: VersionOrder = {
  isVersion: (text) => text.length <= longestVersion && /^(?:\d+:)?[A-Za-z0-9][A-Za-z0-9._+~^-]*$/.test(text),
  compare(one, other) {
    const a = partsOf(one);
    const b = partsOf(other);
    return compareDigits(a.epoch, b.epoch) || comparePart(a.version, b.version) || comparePart(a.release, b.release);
  },
};

function partsOf(text: string): { epoch: string; version: string; release: string } {
  const colon = text.indexOf(':');
  const rest = text.slice(colon + 1);
  const dash = rest.lastIndexOf('-');
  return { epoch: colon < 0 ? '' : text.slice(0, colon), version: dash < 0 ? rest : rest.slice(0, dash), release: dash < 0 ? '' : rest.slice(dash + 1) };
}

function comparePart(one: string, other: string): number {
  const a = piecesOf(one);
  const b = piecesOf(other);
  for (let place = 0; place < Math.max(a.length, b.length); place += 1) {
    const order = comparePiece(a[place], b[place]);
    if (order !== 0) return order;
  }
  return 0;
}

const piecesOf = (text: string): readonly string[] => text.match(/\d+|[A-Za-z]+|~|\^/g) ?? [];

function comparePiece(one: string | undefined, other: string | undefined): number {
  const order = rankOf(one) - rankOf(other);
  if (order !== 0 || one === undefined || other === undefined) return order;
  return /^\d/.test(one) ? compareDigits(one, other) : compareText(one, other);
}

function rankOf(piece: string | undefined): number {
  if (piece === undefined) return 1;
  if (piece === '~') return 0;
  if (piece === '^') return 2;
  return /^\d/.test(piece) ? 4 : 3;
}

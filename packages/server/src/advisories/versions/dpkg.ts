/**
 * Debian's order (deb-version(7)): `[epoch:]upstream[-revision]`. Both parts are read as text and number
 * in turn; in text `~` is before the end, the end before letters, letters before all else.
 */
import { compareDigits } from './compare-keys.ts';
import { longestVersion, type VersionOrder } from './version-order.ts';

export const dpkgOrder: VersionOrder = {
  isVersion: (text) => text.length <= longestVersion && /^(?:\d+:)?\d(?:[A-Za-z0-9.+~:-]*[A-Za-z0-9.+~])?$/.test(text),
  compare(one, other) {
    const a = partsOf(one);
    const b = partsOf(other);
    return compareDigits(a.epoch, b.epoch) || compareAlternating(a.upstream, b.upstream) || compareAlternating(a.revision, b.revision);
  },
};

function partsOf(version: string): { epoch: string; upstream: string; revision: string } {
  const colon = version.indexOf(':');
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf('-');
  return {
    epoch: colon < 0 ? '' : version.slice(0, colon),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? '' : rest.slice(dash + 1),
  };
}

function compareAlternating(one: string, other: string): number {
  const a = piecesOf(one);
  const b = piecesOf(other);
  for (let place = 0; place < Math.max(a.length, b.length); place += 1) {
    const [text = '', digits = ''] = a[place] ?? [];
    const [otherText = '', otherDigits = ''] = b[place] ?? [];
    const order = compareLetters(text, otherText) || compareDigits(digits, otherDigits);
    if (order !== 0) return order;
  }
  return 0;
}

/** `1.2rc3` → ['', '1'], ['.', '2'], ['rc', '3'] */
function piecesOf(text: string): [text: string, digits: string][] {
  return [...text.matchAll(/(\D*)(\d*)/g)].map(([, letters = '', digits = '']) => [letters, digits]);
}

function compareLetters(one: string, other: string): number {
  for (let place = 0; place < Math.max(one.length, other.length); place += 1) {
    const order = rankOf(one[place]) - rankOf(other[place]);
    if (order !== 0) return order;
  }
  return 0;
}

function rankOf(letter: string | undefined): number {
  if (letter === undefined) return 0;
  if (letter === '~') return -1;
  return /[A-Za-z]/.test(letter) ? letter.charCodeAt(0) : letter.charCodeAt(0) + 256;
}

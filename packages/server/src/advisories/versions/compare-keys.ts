/** Two lists of keys, place by place; where one has ended, `end` stands for what would follow. */
export function compareKeys<Key>(one: readonly Key[], other: readonly Key[], end: Key, compare: (one: Key, other: Key) => number): number {
  const length = Math.max(one.length, other.length);
  for (let place = 0; place < length; place += 1) {
    const order = compare(one[place] ?? end, other[place] ?? end);
    if (order !== 0) return order;
  }
  return 0;
}

/** Digits of any length, as numbers: what has fewer (without leading zeros) is less. */
export function compareDigits(one: string, other: string): number {
  const a = one.replace(/^0+/, '');
  const b = other.replace(/^0+/, '');
  return a.length - b.length || compareText(a, b);
}

/** By code units, never by a language's rules. */
export function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/**
 * How many slips of the finger lie between two words: a letter too much, one missing, a wrong one, or
 * two neighbours swapped (optimal string alignment). Gives up behind `most`.
 */
export function isWithinSlips(one: string, other: string, most: number): boolean {
  if (Math.abs(one.length - other.length) > most) return false;
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const here = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      let least = Math.min(at(last, column) + 1, at(here, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1));
      const isSwapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (isSwapped) least = Math.min(least, at(beforeLast, column - 2) + 1);
      here.push(least);
    }
    if (Math.min(...here) > most) return false;
    [beforeLast, last] = [last, here];
  }
  return at(last, other.length) <= most;
}

function at(numbers: readonly number[], index: number): number {
  return numbers[index] ?? Infinity;
}

/** "Did you mean": the known word that is nearest to a mistyped one, when one is near enough. */
export function findSuggestion(mistyped: string, known: readonly string[]): string | undefined {
  const nearest = known
    .map((word) => ({ word, distance: Math.min(editDistance(plain(mistyped), plain(word)), tailDistance(mistyped, word)) }))
    .sort((one, other) => one.distance - other.distance)[0];
  return nearest !== undefined && nearest.distance <= Math.max(1, Math.floor(plain(mistyped).length / 3)) ? nearest.word : undefined;
}

/** A key written without its group, or in the wrong one, is still near. */
function tailDistance(mistyped: string, word: string): number {
  const tail = (text: string) => plain(text.slice(text.lastIndexOf('.') + 1));
  return word.includes('.') ? editDistance(tail(mistyped), tail(word)) + (tail(mistyped) === tail(word) ? 0 : 1) : Number.POSITIVE_INFINITY;
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[._-]/g, '');
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(one: string, other: string): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const now = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      const swapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      now[column] = Math.min(
        at(last, column) + 1,
        at(now, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(before, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [before, last] = [last, now];
  }
  return at(last, other.length);
}

function at(numbers: readonly number[], index: number): number {
  return numbers[index] ?? Number.POSITIVE_INFINITY;
}

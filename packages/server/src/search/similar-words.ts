/**
 * Words that the writer of a term may have meant: those in names and descriptions that begin with its
 * first letter (or its second, had the first two been swapped or one put before) and are a slip or two
 * away. A word whose first letter is missing needs none of this, since any part of a word is found.
 */
import type { SearchRows } from '../metadata/hub-port.ts';
import { toLetters } from '../metadata/text-letters.ts';
import { isWithinSlips } from './edit-distance.ts';

/** Words that are looked at for one term: a few milliseconds. */
const wordsMax = 5000;
const similarMax = 5;
/** In shorter ones a slip makes any word of any other. */
const lettersMin = 4;
const lettersForTwo = 8;

export async function findSimilarWords(rows: Pick<SearchRows, 'listWords'>, term: string): Promise<string[]> {
  if (term.length < lettersMin) return [];
  const slips = term.length < lettersForTwo ? 1 : 2;
  const syllables = Array.from(term.normalize('NFC'));
  const found: string[] = [];
  for (const beginning of new Set(syllables.slice(0, 2))) {
    for (const word of await rows.listWords(beginning, wordsMax)) {
      if (word.length > 64) continue;
      const letters = toLetters(word);
      if (letters !== term && isWithinSlips(term, letters, slips)) found.push(letters);
    }
  }
  return [...new Set(found)].sort((one, other) => Number(isWithinSlips(term, other, 1)) - Number(isWithinSlips(term, one, 1))).slice(0, similarMax);
}

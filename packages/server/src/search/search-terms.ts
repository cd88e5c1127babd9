/** What people type into a search box, as the terms that the index knows: any text at all is a search. */
import { toLetters } from '../metadata/text-letters.ts';

/** Longer searches are cut here: nobody means the rest (I6). */
export const textMax = 256;
const termsMax = 8;

/** Nothing but letters and digits, so no term can mean anything to the engine. */
export function parseTerms(text: string): string[] {
  const words = toLetters(text.slice(0, textMax).toWellFormed()).split(/[^\p{L}\p{N}\p{M}]+/u);
  return [...new Set(words.filter((word) => word !== ''))].slice(0, termsMax);
}

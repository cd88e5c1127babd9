/**
 * Text as it is searched. Hangul syllables come apart into their letters, so that one syllable is
 * enough to find a word, and so is half of one while it is being typed; what looks wide, small or
 * accented becomes plain. Whoever stores and whoever asks must do the same.
 */
export function toLetters(text: string): string {
  return text.normalize('NFKD').toLowerCase();
}

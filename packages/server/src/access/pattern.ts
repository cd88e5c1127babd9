/**
 * Patterns for repositories and tags, as grants, tokens and rules write them.
 *
 *     repository pattern := part ("/" part)*      part := "**" | (character | "*" | "?")+
 *     tag pattern        := (character | "*" | "?")+
 *
 * `*` stands for any run of characters within a part, `?` for one, and a part `**` for any number of
 * parts, none included. No regular expression is made of them: a stranger's pattern cannot be slow.
 */
export const patternMaxLength = 255;

const repositoryPattern = /^(?:\*\*|[a-z0-9._*?-]+)(?:\/(?:\*\*|[a-z0-9._*?-]+))*$/;
const tagPattern = /^[A-Za-z0-9._*?-]+$/;

export function isRepositoryPattern(text: string): boolean {
  return text.length <= patternMaxLength && repositoryPattern.test(text) && text.split('/').every((part) => part === '**' || !part.includes('**'));
}

export function isTagPattern(text: string): boolean {
  return text.length <= 128 && tagPattern.test(text);
}

export function matchesRepository(pattern: string, name: string): boolean {
  if (!pattern.includes('*') && !pattern.includes('?')) return pattern === name;
  const parts = pattern.split('/');
  const words = name.split('/');
  return matchesRun(
    parts.length,
    words.length,
    (part) => parts[part] === '**',
    (part, word) => matchesText(parts[part] ?? '', words[word] ?? ''),
  );
}

/** One part of a name, or a whole tag. */
export function matchesText(pattern: string, text: string): boolean {
  return matchesRun(
    pattern.length,
    text.length,
    (at) => pattern[at] === '*',
    (at, index) => pattern[at] === '?' || pattern[at] === text[index],
  );
}

/**
 * Matches with wildcards for runs: on a mismatch the last wildcard takes one item more. Only the last
 * one is ever taken up again, so the time is at most the product of the two lengths.
 */
function matchesRun(patternLength: number, length: number, isRun: (at: number) => boolean, isSame: (at: number, index: number) => boolean): boolean {
  let at = 0;
  let index = 0;
  let lastRun = -1;
  let retryFrom = 0;
  while (index < length) {
    if (at < patternLength && isRun(at)) {
      lastRun = at++;
      retryFrom = index;
    } else if (at < patternLength && isSame(at, index)) {
      at++;
      index++;
    } else if (lastRun >= 0) {
      at = lastRun + 1;
      index = ++retryFrom;
    } else return false;
  }
  while (at < patternLength && isRun(at)) at++;
  return at === patternLength;
}

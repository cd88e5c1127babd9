/**
 * Patterns as Go's `path.Match` reads them, which is what Docker's `reference` filter uses, with `**`
 * added: Docker's users miss a star that crosses slashes, and two stars mean nothing else there.
 *
 *     pattern := *( "**" | "*" | "?" | "[" [ "^" ] range *range "]" | "\" any | any )
 *     range   := char [ "-" char ]          "*" and "?" match no slash; "**" matches anything
 */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

/** Longer than any name; a pattern is tried against thousands of names. */
const longestPattern = 1024;

/** Throws PatternError, also where Go's function would have found out only with another name. */
export function compilePattern(pattern: string): (text: string) => boolean {
  if (pattern.length > longestPattern) throw new PatternError('syntax error in pattern');
  const steps = parsePattern(Array.from(pattern));
  return (text) => matches(steps, Array.from(text));
}

type Step = { readonly kind: 'stars'; readonly crossesSlash: boolean } | { readonly kind: 'one'; accepts(char: string): boolean };

function parsePattern(chars: readonly string[]): Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? '';
    if (char === '*') {
      let end = at;
      while (chars[end + 1] === '*') end++;
      steps.push({ kind: 'stars', crossesSlash: end > at });
      at = end;
    } else if (char === '?') {
      steps.push({ kind: 'one', accepts: (other) => other !== '/' });
    } else if (char === '[') {
      const { step, end } = parseClass(chars, at + 1);
      steps.push(step);
      at = end;
    } else {
      const literal = char === '\\' ? escaped(chars, ++at) : char;
      steps.push({ kind: 'one', accepts: (other) => other === literal });
    }
  }
  return steps;
}

function parseClass(chars: readonly string[], start: number): { step: Step; end: number } {
  const isNegated = chars[start] === '^';
  const ranges: (readonly [number, number])[] = [];
  let at = start + Number(isNegated);
  while (chars[at] !== ']' || ranges.length === 0) {
    const low = readBound();
    let high = low;
    if (chars[at] === '-') {
      at++;
      high = readBound();
    }
    ranges.push([low, high]);
  }
  return {
    step: {
      kind: 'one',
      accepts(char) {
        const code = char.codePointAt(0) ?? 0;
        return ranges.some(([low, high]) => low <= code && code <= high) !== isNegated;
      },
    },
    end: at,
  };

  function readBound(): number {
    const char = chars[at];
    if (char === undefined || char === '-' || char === ']') throw new PatternError('syntax error in pattern');
    const literal = char === '\\' ? escaped(chars, ++at) : char;
    at++;
    if (at >= chars.length) throw new PatternError('syntax error in pattern');
    return literal.codePointAt(0) ?? 0;
  }
}

function escaped(chars: readonly string[], at: number): string {
  const char = chars[at];
  if (char === undefined) throw new PatternError('syntax error in pattern');
  return char;
}

/** Steps by places, so that no pattern is slow: at most one visit to each pair. */
function matches(steps: readonly Step[], text: readonly string[]): boolean {
  let places = new Set([0]);
  for (const step of steps) {
    const next = new Set<number>();
    for (const place of places) {
      if (step.kind === 'one') {
        const char = text[place];
        if (char !== undefined && step.accepts(char)) next.add(place + 1);
        continue;
      }
      for (let at = place; !next.has(at); at++) {
        next.add(at);
        if (at >= text.length || (text[at] === '/' && !step.crossesSlash)) break;
      }
    }
    places = next;
    if (places.size === 0) return false;
  }
  return places.has(text.length);
}

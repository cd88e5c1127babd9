/**
 * The pieces that header fields are made of (RFC 9110 5.6). Each reader looks at one place of the
 * text and tells where the piece ends, so that whoever reads on with it walks the text once.
 */
export type Piece = { readonly value: string; readonly end: number };

export function readToken(text: string, start: number): Piece | undefined {
  let end = start;
  while (end < text.length && isTokenCharacter(text.charCodeAt(end))) end++;
  return end === start ? undefined : { value: text.slice(start, end), end };
}

/** Without its quotes and escapes. Undefined also when it does not end. */
export function readQuotedString(text: string, start: number): Piece | undefined {
  if (text[start] !== '"') return undefined;
  let value = '';
  let copied = start + 1;
  for (let at = copied; at < text.length; at++) {
    if (text[at] === '"') return { value: value + text.slice(copied, at), end: at + 1 };
    if (text[at] !== '\\') continue;
    value += text.slice(copied, at);
    at++;
    copied = at;
  }
  return undefined;
}

export function skipSpace(text: string, start: number): number {
  let at = start;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}

/** Past spaces and the commas of a list, whose elements may be empty. */
export function skipCommas(text: string, start: number): number {
  let at = skipSpace(text, start);
  while (text[at] === ',') at = skipSpace(text, at + 1);
  return at;
}

export function quoteString(value: string): string {
  return `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

const tokenMarks = "!#$%&'*+-.^_`|~";

function isTokenCharacter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39) || tokenMarks.includes(String.fromCharCode(code));
}

/**
 * The words of a template (Go's `text/template`).
 *
 *     template := *( text | action )
 *     action   := "{{" [ "- " ] *token [ " -" ] "}}"      the dashes take the blanks beside the action away
 *     comment  := "{{" [ "- " ] "/*" … "*" "/" [ " -" ] "}}"
 *     token    := field | variable | word | string | number | ":=" | "=" | "," | "|" | "(" | ")" | "."
 */
import { TemplateError } from './template-error.ts';

export type Token = {
  readonly kind: 'field' | 'variable' | 'word' | 'string' | 'number' | 'sign';
  /** Of a field without the dot, of a string what it means, else as written. */
  readonly text: string;
  /** Where in the template it stands, from 0. */
  readonly at: number;
  /** Stands directly behind the token before it, as `.B` in `$x.B`. */
  readonly isJoined: boolean;
};

export type Piece = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'action'; readonly tokens: readonly Token[]; readonly at: number };

export function lexTemplate(source: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let trimNext = false;
  for (;;) {
    const open = source.indexOf('{{', at);
    let text = source.slice(at, open < 0 ? undefined : open);
    if (trimNext) text = text.trimStart();
    if (open < 0) {
      pieces.push({ kind: 'text', text });
      return pieces;
    }
    const trims = /^-\s/.test(source.slice(open + 2, open + 4));
    pieces.push({ kind: 'text', text: trims ? text.trimEnd() : text });
    const start = open + 2 + (trims ? 1 : 0);
    const action = lexAction(source, start);
    if (action.tokens !== undefined) pieces.push({ kind: 'action', tokens: action.tokens, at: open + 2 });
    trimNext = action.trimsNext;
    at = action.end;
  }
}

const tokenPattern =
  /(?<blank>\s+)|(?<close>-?\}\})|(?<field>\.[\p{L}_][\p{L}\p{N}_]*)|(?<variable>\$[\p{L}\p{N}_]*)|(?<number>[+-]?(?:0[xX][\da-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?))|(?<word>[\p{L}_][\p{L}\p{N}_]*)|(?<quoted>"(?:\\.|[^"\\\n])*")|(?<raw>`[^`]*`)|(?<sign>:=|[=,|().])/uy;
const commentPattern = /\s*\/\*[\s\S]*?\*\/(\s+-)?\}\}/y;

function lexAction(source: string, start: number): { tokens: Token[] | undefined; end: number; trimsNext: boolean } {
  commentPattern.lastIndex = start;
  const comment = commentPattern.exec(source);
  if (comment !== null) return { tokens: undefined, end: commentPattern.lastIndex, trimsNext: comment[1] !== undefined };

  const tokens: Token[] = [];
  let isJoined = false;
  tokenPattern.lastIndex = start;
  for (let at = start; ; at = tokenPattern.lastIndex) {
    const groups = tokenPattern.exec(source)?.groups;
    if (groups === undefined) throw unreadable(source, at);
    const { blank, close, field, quoted, raw, ...others } = groups;
    if (close !== undefined) return { tokens, end: tokenPattern.lastIndex, trimsNext: close.startsWith('-') };
    if (field !== undefined) tokens.push({ kind: 'field', text: field.slice(1), at, isJoined });
    else if (quoted !== undefined) tokens.push({ kind: 'string', text: unquote(quoted, source, at), at, isJoined });
    else if (raw !== undefined) tokens.push({ kind: 'string', text: raw.slice(1, -1), at, isJoined });
    else {
      for (const kind of ['variable', 'number', 'word', 'sign'] as const) {
        const text = others[kind];
        if (text !== undefined) tokens.push({ kind, text, at, isJoined });
      }
    }
    isJoined = blank === undefined;
  }
}

function unquote(quoted: string, source: string, at: number): string {
  try {
    return String(
      JSON.parse(
        quoted
          .replaceAll(/\\x([\da-fA-F]{2})/g, '\\u00$1')
          .replaceAll('\\a', '\\u0007')
          .replaceAll('\\v', '\\u000b'),
      ),
    );
  } catch {
    throw new TemplateError(`template: :${lineOf(source, at)}: malformed string ${quoted}`);
  }
}

function unreadable(source: string, at: number): TemplateError {
  const rest = source.slice(at);
  const what = rest === '' || !rest.includes('}}') ? 'unclosed action' : `unexpected ${JSON.stringify(rest[0])} in command`;
  return new TemplateError(`template: :${lineOf(source, at)}: ${what}`);
}

export function lineOf(source: string, at: number): number {
  return source.slice(0, at).split('\n').length;
}

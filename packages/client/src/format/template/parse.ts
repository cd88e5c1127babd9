/**
 * From words to a tree.
 *
 *     action   := "if" pipe | "else" [ ("if" | "with") pipe ] | "end" | "with" pipe | "break" | "continue"
 *               | "range" [ variable [ "," variable ] ":=" ] pipe | [ variable ( ":=" | "=" ) ] pipe
 *     pipe     := command *( "|" command )
 *     command  := operand *( operand )
 *     operand  := ( "." | field | variable | word | string | number | "(" pipe ")" ) *field
 */
import { lexTemplate, lineOf, type Piece, type Token } from './lex.ts';
import { TemplateError } from './template-error.ts';

export type Expression =
  | { readonly kind: 'literal'; readonly value: unknown; readonly at: number; readonly text: string }
  | { readonly kind: 'dot'; readonly at: number; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string; readonly at: number; readonly text: string }
  | { readonly kind: 'function'; readonly name: string; readonly at: number; readonly text: string }
  | { readonly kind: 'field'; readonly of: Expression; readonly name: string; readonly at: number; readonly text: string }
  | { readonly kind: 'pipe'; readonly pipe: Pipe; readonly at: number; readonly text: string };

export type Command = { readonly operands: readonly [Expression, ...Expression[]] };
export type Pipe = { readonly commands: readonly [Command, ...Command[]]; readonly declares: readonly string[]; readonly isAssignment: boolean };

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly pipe: Pipe }
  | { readonly kind: 'if' | 'with' | 'range'; readonly pipe: Pipe; readonly body: readonly Node[]; readonly otherwise: readonly Node[] }
  | { readonly kind: 'break' | 'continue' };

export type FunctionNames = ReadonlySet<string>;

/** Throws TemplateError. */
export function parseTemplate(source: string, functions: FunctionNames): Node[] {
  const parser = new Parser(source, lexTemplate(source), functions);
  return parser.parseAll();
}

const literals: Readonly<Record<string, unknown>> = { true: true, false: false, nil: null };

/** Owns its place in the pieces, and the variables that are known there. */
class Parser {
  readonly #source: string;
  readonly #pieces: readonly Piece[];
  readonly #functions: FunctionNames;
  #next = 0;
  #variables: string[] = [''];
  #loops = 0;

  constructor(source: string, pieces: readonly Piece[], functions: FunctionNames) {
    this.#source = source;
    this.#pieces = pieces;
    this.#functions = functions;
  }

  parseAll(): Node[] {
    const { nodes, ended } = this.#parseList();
    if (ended !== undefined) throw this.#error(ended.at, `unexpected {{${ended.tokens[0]?.text ?? ''}}}`);
    return nodes;
  }

  /** Until `end` or `else` of the enclosing action, which is given back. */
  #parseList(): { nodes: Node[]; ended: (Piece & { kind: 'action' }) | undefined } {
    const nodes: Node[] = [];
    for (;;) {
      const piece = this.#pieces[this.#next++];
      if (piece === undefined) return { nodes, ended: undefined };
      if (piece.kind === 'text') {
        if (piece.text !== '') nodes.push(piece);
        continue;
      }
      const [first] = piece.tokens;
      if (first?.kind === 'word' && (first.text === 'end' || first.text === 'else')) return { nodes, ended: piece };
      nodes.push(this.#parseAction(piece));
    }
  }

  #parseAction(piece: Piece & { kind: 'action' }): Node {
    const [first, ...rest] = piece.tokens;
    if (first === undefined) throw this.#error(piece.at, 'missing value for command');
    if (first.kind === 'word') {
      if (first.text === 'if' || first.text === 'with' || first.text === 'range') return this.#parseBlock(first.text, rest, first.at);
      if (first.text === 'break' || first.text === 'continue') {
        if (this.#loops === 0) throw this.#error(first.at, `{{${first.text}}} outside {{range}}`);
        return { kind: first.text };
      }
      if (first.text === 'template' || first.text === 'define' || first.text === 'block')
        throw this.#error(first.at, `{{${first.text}}} is not supported here`);
    }
    return { kind: 'print', pipe: this.#parsePipe(piece.tokens, 'command', piece.at) };
  }

  #parseBlock(kind: 'if' | 'with' | 'range', tokens: readonly Token[], at: number): Node {
    const outer = this.#variables;
    this.#variables = [...outer];
    const pipe = this.#parsePipe(tokens, kind, at);
    if (kind === 'range') this.#loops++;
    const { nodes: body, ended } = this.#parseList();
    if (kind === 'range') this.#loops--;
    if (ended === undefined) throw this.#error(this.#source.length, 'unexpected EOF');
    const otherwise = ended.tokens[0]?.text === 'else' ? this.#parseElse(ended) : [];
    this.#variables = outer;
    return { kind, pipe, body, otherwise };
  }

  #parseElse(piece: Piece & { kind: 'action' }): Node[] {
    const [, chained, ...rest] = piece.tokens;
    if (chained?.text === 'if' || chained?.text === 'with') return [this.#parseBlock(chained.text, rest, chained.at)];
    if (chained !== undefined) throw this.#error(chained.at, `unexpected ${JSON.stringify(chained.text)} in else`);
    const { nodes, ended } = this.#parseList();
    if (ended === undefined) throw this.#error(this.#source.length, 'unexpected EOF');
    if (ended.tokens[0]?.text === 'else') throw this.#error(ended.at, 'expected end; found {{else}}');
    return nodes;
  }

  #parsePipe(tokens: readonly Token[], context: string, at: number): Pipe {
    const { declares, isAssignment, rest } = this.#parseDeclaration(tokens, context);
    const reader = { tokens: rest, at: 0 };
    const commands = this.#parseCommands(reader, context, at);
    const left = reader.tokens[reader.at];
    if (left !== undefined) throw this.#error(left.at, `unexpected ${JSON.stringify(left.text)} in ${context}`);
    if (!isAssignment) this.#variables.push(...declares);
    return { commands, declares, isAssignment };
  }

  #parseDeclaration(tokens: readonly Token[], context: string): { declares: string[]; isAssignment: boolean; rest: readonly Token[] } {
    const [one, sign, two, secondSign] = tokens;
    if (one?.kind === 'variable' && (sign?.text === ':=' || sign?.text === '=')) {
      if (sign.text === '=' && !this.#variables.includes(one.text.slice(1))) throw this.#error(one.at, `undefined variable ${JSON.stringify(one.text)}`);
      return { declares: [one.text.slice(1)], isAssignment: sign.text === '=', rest: tokens.slice(2) };
    }
    if (context === 'range' && one?.kind === 'variable' && sign?.text === ',' && two?.kind === 'variable' && secondSign?.text === ':=') {
      return { declares: [one.text.slice(1), two.text.slice(1)], isAssignment: false, rest: tokens.slice(4) };
    }
    return { declares: [], isAssignment: false, rest: tokens };
  }

  #parseCommands(reader: { readonly tokens: readonly Token[]; at: number }, context: string, at: number): readonly [Command, ...Command[]] {
    const commands: Command[] = [];
    for (;;) {
      const operands: Expression[] = [];
      for (let token = reader.tokens[reader.at]; token !== undefined && !isEndOfCommand(token); token = reader.tokens[reader.at]) {
        operands.push(this.#parseOperand(reader, context));
      }
      const [first, ...others] = operands;
      if (first === undefined) throw this.#error(reader.tokens[reader.at]?.at ?? at, `missing value for ${context}`);
      commands.push({ operands: [first, ...others] });
      const next = reader.tokens[reader.at];
      if (next?.kind !== 'sign' || next.text !== '|') break;
      reader.at++;
    }
    return commands as [Command, ...Command[]]; // the loop ran at least once
  }

  #parseOperand(reader: { readonly tokens: readonly Token[]; at: number }, context: string): Expression {
    const token = reader.tokens[reader.at++];
    if (token === undefined) throw this.#error(this.#source.length, `missing value for ${context}`);
    let expression = this.#parseTerm(token, reader, context);
    for (let next = reader.tokens[reader.at]; next?.kind === 'field' && next.isJoined; next = reader.tokens[++reader.at]) {
      expression = { kind: 'field', of: expression, name: next.text, at: next.at, text: `${expression.text}.${next.text}` };
    }
    return expression;
  }

  #parseTerm(token: Token, reader: { readonly tokens: readonly Token[]; at: number }, context: string): Expression {
    const { at, text } = token;
    switch (token.kind) {
      case 'field':
        return { kind: 'field', of: { kind: 'dot', at, text: '' }, name: text, at, text: `.${text}` };
      case 'variable':
        if (!this.#variables.includes(text.slice(1))) throw this.#error(at, `undefined variable ${JSON.stringify(text)}`);
        return { kind: 'variable', name: text.slice(1), at, text };
      case 'string':
        return { kind: 'literal', value: text, at, text: JSON.stringify(text) };
      case 'number':
        return { kind: 'literal', value: Number(text), at, text };
      case 'word':
        if (Object.hasOwn(literals, text)) return { kind: 'literal', value: literals[text], at, text };
        if (!this.#functions.has(text)) throw this.#error(at, `function ${JSON.stringify(text)} not defined`);
        return { kind: 'function', name: text, at, text };
      case 'sign':
    }
    if (text === '.') return { kind: 'dot', at, text: '.' };
    if (text !== '(') throw this.#error(at, `unexpected ${JSON.stringify(text)} in ${context}`);
    const commands = this.#parseCommands(reader, 'parenthesized pipeline', at);
    const closing = reader.tokens[reader.at++];
    if (closing?.kind !== 'sign' || closing.text !== ')') throw this.#error(at, 'unclosed left paren');
    return { kind: 'pipe', pipe: { commands, declares: [], isAssignment: false }, at, text: this.#source.slice(at, closing.at + 1) };
  }

  #error(at: number, what: string): TemplateError {
    return new TemplateError(`template: :${lineOf(this.#source, at)}: ${what}`);
  }
}

function isEndOfCommand(token: Token): boolean {
  return token.kind === 'sign' && ['|', ')', ',', '=', ':='].includes(token.text);
}

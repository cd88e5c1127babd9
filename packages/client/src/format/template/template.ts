/**
 * Go's `text/template`, as far as Docker's `--format` needs it: fields, pipelines, variables, `if`,
 * `with`, `range`, and the functions of `functions.ts`. Nothing of it can reach beyond the data.
 */
import { headerFunctions, type TemplateFunction, templateFunctions } from './functions.ts';
import { lineOf } from './lex.ts';
import { type Command, type Expression, type Node, parseTemplate, type Pipe } from './parse.ts';
import { TemplateError } from './template-error.ts';
import { isTemplateMap, isTemplateRecord, isTruthy, printValue } from './value.ts';

export type Template = {
  /** Throws TemplateError. */
  execute(data: unknown): string;
  /** The head of a table: the data are the columns' names. */
  executeHeader(data: unknown): string;
};

const functionNames = new Set(templateFunctions.keys());

/** Throws TemplateError. */
export function compileTemplate(source: string): Template {
  const nodes = parseTemplate(source, functionNames);
  const execute = (data: unknown, functions: ReadonlyMap<string, TemplateFunction>): string => {
    const run = new Run(source, functions, data);
    run.list(nodes, data);
    return run.output;
  };
  return { execute: (data) => execute(data, templateFunctions), executeHeader: (data) => execute(data, headerFunctions) };
}

/** A template is a few hundred characters and its data are one row; what grows beyond this is a mistake. */
const outputMaxLength = 64 * 1024 * 1024;

type Flow = 'on' | 'break' | 'continue';

/** One execution: owns the output and the variables. */
class Run {
  output = '';
  readonly #source: string;
  readonly #functions: ReadonlyMap<string, TemplateFunction>;
  #variables: { readonly name: string; value: unknown }[];

  constructor(source: string, functions: ReadonlyMap<string, TemplateFunction>, data: unknown) {
    this.#source = source;
    this.#functions = functions;
    this.#variables = [{ name: '', value: data }];
  }

  list(nodes: readonly Node[], dot: unknown): Flow {
    for (const node of nodes) {
      const flow = this.#node(node, dot);
      if (flow !== 'on') return flow;
    }
    return 'on';
  }

  #node(node: Node, dot: unknown): Flow {
    switch (node.kind) {
      case 'text':
        this.#write(node.text);
        return 'on';
      case 'print': {
        const value = this.#pipe(node.pipe, dot);
        if (node.pipe.declares.length === 0) this.#write(printValue(value));
        return 'on';
      }
      case 'break':
      case 'continue':
        return node.kind;
      case 'if':
      case 'with':
        return this.#scoped(() => {
          const value = this.#pipe(node.pipe, dot);
          return isTruthy(value) ? this.list(node.body, node.kind === 'with' ? value : dot) : this.list(node.otherwise, dot);
        });
      case 'range':
        return this.#scoped(() => this.#range(node, dot));
    }
  }

  #range({ pipe, body, otherwise }: Extract<Node, { kind: 'if' | 'with' | 'range' }>, dot: unknown): Flow {
    const entries = this.#entries(this.#pipe(pipe, dot, { declares: false }), pipe);
    if (entries.length === 0) return this.list(otherwise, dot);
    for (const [key, value] of entries) {
      const depth = this.#variables.length;
      const [first, second] = pipe.declares;
      if (first !== undefined) this.#variables.push({ name: first, value: second === undefined ? value : key });
      if (second !== undefined) this.#variables.push({ name: second, value });
      const flow = this.list(body, value);
      this.#variables.length = depth;
      if (flow === 'break') break;
    }
    return 'on';
  }

  #entries(value: unknown, pipe: Pipe): (readonly [unknown, unknown])[] {
    if (value === null || value === undefined) return [];
    if (Array.isArray(value)) return value.map((entry: unknown, index) => [index, entry] as const);
    if (isTemplateMap(value)) return Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= outputMaxLength)
      return Array.from({ length: value }, (_, at) => [at, at] as const);
    throw this.#error(pipe.commands[0].operands[0], `range can't iterate over ${printValue(value)}`);
  }

  #pipe(pipe: Pipe, dot: unknown, { declares = true } = {}): unknown {
    let value: unknown;
    for (const [index, command] of pipe.commands.entries()) value = this.#command(command, dot, index === 0 ? [] : [value]);
    if (declares) {
      for (const name of pipe.declares) {
        const known = pipe.isAssignment ? this.#variables.findLast((variable) => variable.name === name) : undefined;
        if (known === undefined) this.#variables.push({ name, value });
        else known.value = value;
      }
    }
    return value;
  }

  #command({ operands: [first, ...others] }: Command, dot: unknown, piped: readonly unknown[]): unknown {
    if (first.kind === 'function') return this.#call(first, others, dot, piped);
    if (others.length > 0 || piped.length > 0) throw this.#error(first, `can't give argument to non-function ${first.text}`);
    return this.#evaluate(first, dot);
  }

  #call(called: Expression & { kind: 'function' }, operands: readonly Expression[], dot: unknown, piped: readonly unknown[]): unknown {
    const { name } = called;
    if (name === 'and' || name === 'or') {
      let value: unknown;
      for (const read of [...operands.map((operand) => () => this.#evaluate(operand, dot)), ...piped.map((each) => () => each)]) {
        value = read();
        if (isTruthy(value) === (name === 'or')) return value;
      }
      return value;
    }
    const values = [...operands.map((operand) => this.#evaluate(operand, dot)), ...piped];
    try {
      return this.#functions.get(name)?.(...values);
    } catch (error) {
      throw error instanceof TemplateError ? this.#error(called, error.message) : error;
    }
  }

  #evaluate(expression: Expression, dot: unknown): unknown {
    switch (expression.kind) {
      case 'literal':
        return expression.value;
      case 'dot':
        return dot;
      case 'variable':
        return this.#variables.findLast(({ name }) => name === expression.name)?.value;
      case 'function':
        return this.#call(expression, [], dot, []);
      case 'pipe':
        return this.#pipe(expression.pipe, dot);
      case 'field':
        return this.#field(expression, this.#evaluate(expression.of, dot));
    }
  }

  #field(expression: Expression & { kind: 'field' }, of: unknown): unknown {
    const { name } = expression;
    if (isTemplateRecord(of)) {
      if (Object.hasOwn(of.fields, name)) return of.fields[name];
      throw this.#error(expression, `can't evaluate field ${name} in type ${of.typeName}`);
    }
    if (isTemplateMap(of)) {
      if (Object.hasOwn(of, name)) return of[name];
      throw this.#error(expression, `map has no entry for key ${JSON.stringify(name)}`);
    }
    if (of === null || of === undefined) throw this.#error(expression, `nil data; no entry for key ${JSON.stringify(name)}`);
    throw this.#error(
      expression,
      `can't evaluate field ${name} in type ${Array.isArray(of) ? '[]interface {}' : typeof of === 'number' ? 'json.Number' : typeof of}`,
    );
  }

  #scoped(run: () => Flow): Flow {
    const depth = this.#variables.length;
    const flow = run();
    this.#variables.length = depth;
    return flow;
  }

  #write(text: string): void {
    this.output += text;
    if (this.output.length > outputMaxLength) throw new TemplateError('template: the output is too long');
  }

  #error({ at, text }: Expression, what: string): TemplateError {
    const column = at - (this.#source.lastIndexOf('\n', at - 1) + 1);
    return new TemplateError(`template: :${lineOf(this.#source, at)}:${column}: executing "" at <${text}>: ${what}`);
  }
}

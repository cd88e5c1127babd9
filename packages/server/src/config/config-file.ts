/**
 * The YAML file, read into written values that know their line. Groups are the maps of the schema;
 * what is no setting is refused, so that a misspelt key cannot pass for its default.
 */
import { isMap, isScalar, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
import type { Given } from './given.ts';
import { type Problem, unknownProblem } from './problem.ts';
import { settings } from './settings.ts';
import { findSuggestion } from './suggestion.ts';

const keys = settings.map((setting) => setting.key);
const groups = new Set(keys.filter((key) => key.includes('.')).map((key) => key.slice(0, key.indexOf('.'))));

export function parseConfigFile(path: string, yaml: string): { given: Given[]; problems: Problem[] } {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false });
  const given: Given[] = [];
  const problems: Problem[] = document.errors.map((error) => ({ key: '', source: place(error.pos[0]), message: `this is not valid YAML: ${error.message}` }));

  if (problems.length === 0 && document.contents !== null) readGroup(document.contents, '');
  return { given, problems };

  function readGroup(node: unknown, prefix: string): void {
    if (isEmpty(node)) return;
    if (!isMap<Node, Node | null>(node)) {
      problems.push({
        key: prefix.slice(0, -1),
        source: place(offset(node)),
        message: prefix === '' ? 'the file must hold keys and values' : 'this is a group: its settings go on the next lines, indented',
      });
      return;
    }
    for (const pair of node.items) readPair(pair, prefix);
  }

  function readPair({ key: keyNode, value }: Pair<Node, Node | null>, prefix: string): void {
    const key = prefix + (isScalar(keyNode) ? String(keyNode.value) : '?');
    const source = place(offset(keyNode));
    const setting = settings.find((one) => one.key === key);
    if (groups.has(key)) readGroup(value, `${key}.`);
    else if (setting === undefined) problems.push(unknownProblem(key, source, 'key', findSuggestion(key, [...keys, ...groups])));
    // Anything but a scalar is passed on as it is: the setting's own schema says what it wants.
    else given.push({ setting, value: isScalar(value) ? value.value : (value?.toJSON() ?? null), source, kind: 'file' });
  }

  function place(position: number): string {
    return `${path}:${lines.linePos(position).line}`;
  }
}

function isEmpty(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}

function offset(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0; // a parsed node knows its range
}

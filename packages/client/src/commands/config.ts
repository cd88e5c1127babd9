/** `naru config ls|get|set|add|rm`: the settings file without an editor. */
import type { Document } from 'yaml';
import { changeClientConfig } from '../routing/change-client-config.ts';
import { ClientConfigError } from '../routing/client-config.ts';
import { findClientConfigFile, readClientConfig } from '../routing/client-config-file.ts';
import { parseSettingPath, type SettingPath } from '../routing/setting-path.ts';
import type { ClientCommand, CommandContext } from './command.ts';

export const configLs: ClientCommand = async ({ switches }, context) => {
  const { defaultRegistry } = await readClientConfig(context); // and says what is wrong with it
  const file = await findClientConfigFile(context);
  const { parseDocument } = await import('yaml');
  const document = parseDocument(file?.content ?? '');
  if (!document.has('default-registry')) document.set('default-registry', defaultRegistry);
  const text = switches.has('json')
    ? `${JSON.stringify({ file: file?.path ?? null, settings: document.toJS() as unknown }, null, 2)}\n`
    : `# ${file?.path ?? context.texts.noSettingsFile}\n${String(document)}`;
  await context.terminal.out(text);
  return 0;
};

export const configGet: ClientCommand = async ({ words = [], switches }, context) => {
  const { path } = parseSettingPath(words[0] ?? '');
  const { defaultRegistry } = await readClientConfig(context);
  const { parseDocument } = await import('yaml');
  const document = parseDocument((await findClientConfigFile(context))?.content ?? '');
  const value = (document.toJS() as unknown) === null ? undefined : plain(document.getIn(path));
  const shown = value ?? (path[0] === 'default-registry' ? defaultRegistry : undefined);
  const lines = shown === undefined ? [] : Array.isArray(shown) ? shown.map(String) : [JSON.stringify(shown).replace(/^"(.*)"$/, '$1')];
  await context.terminal.out(switches.has('json') ? `${JSON.stringify(shown ?? null)}\n` : lines.map((line) => `${line}\n`).join(''));
  return 0;
};

export const configSet: ClientCommand = change((document, { path, kind }, values, { texts }) => {
  const [first = ''] = values;
  if (kind !== 'list' && values.length > 1) throw new ClientConfigError(texts.settings.oneValue(path.join('.')));
  document.setIn(path, kind === 'list' ? values : kind === 'text' ? first : readFlag(first, path));
});

export const configAdd: ClientCommand = change((document, { path, kind }, values, { texts }) => {
  if (kind !== 'list') throw new ClientConfigError(texts.settings.noList(path.join('.')));
  const before = listAt(document, path);
  const added = values.filter((value) => !before.includes(value));
  // The list itself stays, with the comments in it.
  if (before.length === 0) document.setIn(path, added);
  else for (const value of added) document.addIn(path, value);
});

export const configRm: ClientCommand = change((document, { path, kind }, values, { texts }) => {
  if (values.length === 0) {
    document.deleteIn(path);
    return;
  }
  if (kind !== 'list') throw new ClientConfigError(texts.settings.noList(path.join('.')));
  for (const value of values) {
    const at = listAt(document, path).indexOf(value);
    if (at < 0) throw new ClientConfigError(texts.settings.notInList(value, path.join('.')));
    document.deleteIn([...path, at]);
  }
});

type Change = (document: Document, setting: SettingPath, values: readonly string[], context: CommandContext) => void;

function change(apply: Change): ClientCommand {
  return async ({ words: [key = '', ...values] = [] }, context) => {
    const setting = parseSettingPath(key);
    await changeClientConfig(context, `${context.processId}-${context.clock.now()}.tmp`, (document) => apply(document, setting, values, context));
    return 0;
  };
}

function listAt(document: Document, path: readonly string[]): readonly unknown[] {
  if ((document.toJS() as unknown) === null) return [];
  const value = plain(document.getIn(path));
  return Array.isArray(value) ? value : [];
}

function plain(node: unknown): unknown {
  return typeof node === 'object' && node !== null && 'toJSON' in node && typeof node.toJSON === 'function' ? (node.toJSON as () => unknown)() : node;
}

/** Anything else is left for the rules for settings to refuse, with their words. */
function readFlag(text: string, path: readonly string[]): boolean {
  if (text !== 'true' && text !== 'false') throw new ClientConfigError(`${path.join('.')} must be true or false`);
  return text === 'true';
}

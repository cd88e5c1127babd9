/** `naru load` and `naru import`: images from a file or from standard input. */
import { parseNormalizedName, withDefaultTag } from '@naru/oci/reference';
import { readArchiveFile } from '../archive/archive-files.ts';
import { defaultExpansionLimit } from '../archive/expansion.ts';
import { type LoadOptions, loadArchive } from '../archive/load-archive.ts';
import type { ClientCommand, ClientCommandLine, CommandContext } from './command.ts';
import { changeStore, exitCodes, nameOptions } from './image-command.ts';

export const imageLoad: ClientCommand = (line, context) => load(line, context, line.values['input'], {});

export const imageImport: ClientCommand = async (line, context) => {
  const [file = '-', name] = line.words ?? [];
  return load(line, context, file === '-' ? undefined : file, {
    layoutOnly: true,
    ...(name !== undefined && { name: withDefaultTag(parseNormalizedName(name, await nameOptions(context))) }),
  });
};

async function load(line: ClientCommandLine, context: CommandContext, file: string | undefined, options: LoadOptions): Promise<number> {
  const { terminal, streams } = context;
  if (file === undefined && streams.isInputTerminal()) {
    await terminal.err('requested load from stdin, but stdin is empty\n');
    return exitCodes.failed;
  }
  const maxRatio = Number(line.values['max-expansion'] ?? defaultExpansionLimit.maxRatio);
  if (!Number.isFinite(maxRatio) || maxRatio < 0) {
    await terminal.err(`invalid argument ${JSON.stringify(line.values['max-expansion'])} for "--max-expansion" flag: it is a number, and 0 means no limit\n`);
    return exitCodes.badFlag;
  }
  const expansionLimit = { ...defaultExpansionLimit, maxRatio: maxRatio === 0 ? Infinity : maxRatio };
  const names = await nameOptions(context);
  const images = await changeStore(line, context, (store) =>
    loadArchive(store, file === undefined ? streams.input() : readArchiveFile(file), { ...options, names, expansionLimit }),
  );
  for (const { id, names: loaded, replaced } of images) {
    for (const old of replaced) await terminal.out(`The image ${old.name} already exists, renaming the old one with ID ${old.id} to empty string\n`);
    await terminal.out(loaded.length === 0 ? `Loaded image ID: ${id}\n` : loaded.map((name) => `Loaded image: ${name}\n`).join(''));
  }
  return exitCodes.done;
}

/** `naru save` and `naru export`: images as one file, or to standard output. */
import { canonicalName, type NameOptions, parseAnyReference } from '@naru/oci/reference';
import { writeArchiveFile } from '../archive/archive-files.ts';
import { saveArchive, type SavedImage, type SaveFormat } from '../archive/save-archive.ts';
import { findImage } from '../layout/find-image.ts';
import type { Image } from '../layout/image.ts';
import type { ClientCommand } from './command.ts';
import { daemonText, exitCodes, nameOptions, readStore } from './image-command.ts';

export const imageSave: ClientCommand = saving('docker-and-oci');
export const imageExport: ClientCommand = saving('oci');

function saving(format: SaveFormat): ClientCommand {
  return (line, context) => {
    const { output } = line.values;
    return readStore(line, context, async (store) => {
      const { terminal, streams } = context;
      if (output === undefined && streams.isOutputTerminal()) {
        await terminal.err('cowardly refusing to save to a terminal. Use the -o flag or redirect\n');
        return exitCodes.failed;
      }
      const chosen = choose(store.listImages(), line.words ?? [], await nameOptions(context));
      if (typeof chosen === 'string') {
        await terminal.err(`${daemonText(`No such image: ${chosen}`)}\n`);
        return exitCodes.failed;
      }
      if (output === undefined) await saveArchive(store, chosen, format, (chunk) => streams.output(chunk));
      else await writeArchiveFile(output, (write) => saveArchive(store, chosen, format, write));
      return exitCodes.done;
    });
  };
}

/** Each image once, with the names that were asked for; or the word for which there is none. */
function choose(images: readonly Image[], words: readonly string[], names: NameOptions): SavedImage[] | string {
  const chosen = new Map<string, { image: Image; names: Set<string> }>();
  for (const word of words) {
    const found = namesFor(images, word, names);
    if (found === undefined) return word;
    for (const { image, names: own } of found) {
      const known = chosen.get(image.id) ?? { image, names: new Set() };
      for (const name of own) known.names.add(name);
      chosen.set(image.id, known);
    }
  }
  return [...chosen.values()].map(({ image, names }) => ({ image, refs: image.refs.filter(({ name }) => names.has(name)) }));
}

/** A bare repository means all its tags; an id means the image without any name. */
function namesFor(images: readonly Image[], word: string, options: NameOptions): { image: Image; names: readonly string[] }[] | undefined {
  const any = /^[0-9a-f]{64}$/.test(word) ? undefined : parseAnyReference(word, options);
  if (any?.kind === 'name' && any.reference.tag === undefined && any.reference.digest === undefined) {
    const all = images.flatMap((image) => {
      const names = image.refs.filter(({ kind, repository }) => kind === 'tag' && repository === canonicalName(any.reference)).map(({ name }) => name);
      return names.length === 0 ? [] : [{ image, names }];
    });
    if (all.length > 0) return all;
  }
  const { found } = findImage(images, word, options);
  return found && [{ image: found.image, names: found.kind === 'by-ref' && found.ref.kind === 'tag' ? [found.ref.name] : [] }];
}

/** What the commands on local images share: the store, and the texts of mistakes, which are Docker's. */
import type { NameOptions } from '@naru/oci/reference';
import { readClientConfig } from '../routing/client-config-file.ts';
import { dataRoot } from '../layout/data-root.ts';
import { findImage, type FoundImage } from '../layout/find-image.ts';
import type { Image } from '../layout/image.ts';
import { type ImageReader, openImageReader } from '../layout/open-image-reader.ts';
import type { ImageStore } from '../layout/open-image-store.ts';
import { storeError } from '../layout/store-error.ts';
import type { ClientCommandLine, CommandContext } from './command.ts';

export const exitCodes = { done: 0, failed: 1, badFlag: 125 } as const;

/** Something that Docker's daemon would have refused. */
export function daemonText(message: string): string {
  return `Error response from daemon: ${message}`;
}

export function noSuchImage(wanted: string): string {
  return daemonText(`No such image: ${wanted}`);
}

/** Where the folder is, for messages too. */
export function storeRoot({ values }: ClientCommandLine, { environment, homeFolder }: CommandContext): string {
  return dataRoot(values['data-root'], environment, homeFolder);
}

export async function readStore<Result>(
  line: ClientCommandLine,
  context: CommandContext,
  work: (store: ImageReader) => Result | Promise<Result>,
): Promise<Result> {
  const root = storeRoot(line, context);
  return guarded(root, async () => {
    using store = openImageReader(root, context.clock);
    return await work(store);
  });
}

export async function changeStore<Result>(
  line: ClientCommandLine,
  context: CommandContext,
  work: (store: ImageStore) => Result | Promise<Result>,
): Promise<Result> {
  const root = storeRoot(line, context);
  return guarded(root, async () => {
    const { openImageStore } = await import('../layout/open-image-store.ts'); // much to load for a list
    using store = openImageStore(root, context.clock);
    return await work(store);
  });
}

/** Where names without a registry live, for whoever types them and for whoever reads them. */
export async function nameOptions(context: CommandContext): Promise<NameOptions> {
  return { defaultRegistry: (await readClientConfig(context)).defaultRegistry };
}

/** Undefined, with a line about it, when there is no such image. Throws ImageReferenceError. */
export async function findOrComplain(images: readonly Image[], text: string, context: CommandContext): Promise<FoundImage | undefined> {
  const { found, wanted } = findImage(images, text, await nameOptions(context));
  if (found === undefined) await context.terminal.err(`${noSuchImage(wanted)}\n`);
  return found;
}

/** An id as lists show it. */
export function shortId(id: string): string {
  return id.slice(id.indexOf(':') + 1).slice(0, 12);
}

async function guarded<Result>(root: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw storeError(error, root);
  }
}

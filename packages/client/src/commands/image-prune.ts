/** `naru image prune`: images without a name, with `-a` all that no container uses; and unpacked files that none uses, which come back when they are needed. */
import { rootfsFolder } from '../container/container-paths.ts';
import { folderBytes } from '../container/folder-bytes.ts';
import { imageUsers, readContainers } from '../container/image-users.ts';
import { sweepUnpacked } from '../container/sweep-rootfs.ts';
import { filterImages, isDangling } from '../filter/filter-images.ts';
import { parseBoolean, parseFilters } from '../filter/parse-filters.ts';
import { humanSize } from '../format/human-size.ts';
import type { ClientCommand } from './command.ts';
import { changeStore, exitCodes, nameOptions } from './image-command.ts';
import { removeWholly } from './image-removal.ts';

const pruneFilters = ['dangling', 'label', 'label!', 'until', 'reference'] as const;

export const imagePrune: ClientCommand = async (line, context) => {
  const { terminal, clock } = context;
  const { dangling, ...filters } = Object.fromEntries(parseFilters(line.lists?.['filter'] ?? [], pruneFilters));
  const all = line.switches.has('all') || (dangling !== undefined && !parseBoolean('dangling', dangling));
  const isDryRun = line.switches.has('dry-run');
  if (!line.switches.has('force') && !isDryRun) {
    const what = all ? 'all images without at least one container associated to them' : 'all dangling images';
    const answer = await terminal.ask(`WARNING! This will remove ${what}.\nAre you sure you want to continue? [y/N] `).catch(() => '');
    if (!/^y(es)?$/i.test(answer.trim())) {
      await terminal.err('image prune has been cancelled\n');
      return exitCodes.failed;
    }
  }
  const names = await nameOptions(context);
  return changeStore(line, context, async (store) => {
    const chosen = (images: ReturnType<typeof store.listImages>) => {
      const users = imageUsers(readContainers(store.root, clock));
      return filterImages(images, new Map(Object.entries(filters)), clock.now(), names).flatMap(({ id }) =>
        images.filter((image) => image.id === id && (all || isDangling(image)) && !users.has(id)),
      );
    };
    if (isDryRun) {
      const lines = chosen(store.listImages()).map(({ id, refs }) => `would delete: ${refs.find(({ kind }) => kind === 'tag')?.name ?? id}\n`);
      await terminal.out(lines.length === 0 ? 'Nothing to delete\n' : lines.join(''));
      return exitCodes.done;
    }
    const removed = store.change((changes) => chosen(changes.listImages()).map((image) => removeWholly(changes, image, names)));
    const unpackedBytes = folderBytes(rootfsFolder(store.root));
    sweepUnpacked(store.root, clock, new Set());
    const freedBytes = store.sweep() + store.sweepEverything() + unpackedBytes - folderBytes(rootfsFolder(store.root));
    const lines = removed.flatMap(({ untagged, deleted }) => [...untagged.map((name) => `untagged: ${name}\n`), ...deleted.map((id) => `deleted: ${id}\n`)]);
    await terminal.out(`${lines.length === 0 ? '' : `Deleted Images:\n${lines.join('')}\n`}Total reclaimed space: ${humanSize(freedBytes, 4)}\n`);
    return exitCodes.done;
  });
};

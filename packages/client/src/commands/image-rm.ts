/** `naru image rm`, `naru rmi`. */
import { ImageReferenceError } from '@naru/oci/reference';
import { imageUsers, readContainers } from '../container/image-users.ts';
import { sweepUnpacked } from '../container/sweep-rootfs.ts';
import { findImage } from '../layout/find-image.ts';
import type { ClientCommand } from './command.ts';
import { changeStore, daemonText, exitCodes, nameOptions, noSuchImage } from './image-command.ts';
import { RemovalConflict, type Removed, removeFound } from './image-removal.ts';

export const imageRm: ClientCommand = (line, context) =>
  changeStore(line, context, async (store) => {
    const force = line.switches.has('force');
    const names = await nameOptions(context);
    const problems: string[] = [];
    let isFatal = false;
    for (const word of line.words ?? []) {
      try {
        const removed = store.change((changes): Removed | string => {
          const { found, wanted } = findImage(changes.listImages(), word, names);
          if (found === undefined) return noSuchImage(wanted);
          // Read in here: whoever makes a container writes its row while it holds the same lock.
          const users = imageUsers(readContainers(store.root, context.clock));
          return removeFound(changes, found, word, { force, keepUntagged: line.switches.has('no-prune'), names, users });
        });
        if (typeof removed === 'string') {
          problems.push(removed);
          isFatal ||= !force;
        } else {
          await context.terminal.out([...removed.untagged.map((name) => `Untagged: ${name}\n`), ...removed.deleted.map((id) => `Deleted: ${id}\n`)].join(''));
        }
      } catch (error) {
        if (!(error instanceof RemovalConflict || error instanceof ImageReferenceError)) throw error;
        problems.push(daemonText(error.message));
        isFatal = true;
      }
    }
    store.sweep();
    sweepUnpacked(store.root, context.clock, new Set(store.listImages().map(({ id }) => id)));
    for (const problem of problems) await context.terminal.err(`${problem}\n`);
    return isFatal ? exitCodes.failed : exitCodes.done;
  });

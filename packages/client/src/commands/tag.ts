/** `naru tag SOURCE TARGET`: one more name for an image. */
import { parseNormalizedName, withDefaultTag } from '@naru/oci/reference';
import { changeStore, exitCodes, findOrComplain, type ImageCommand } from './image-command.ts';
import { findImage } from '../layout/find-image.ts';

export const tag: ImageCommand = async (line, context) => {
  const [source = '', target = ''] = line.words ?? [];
  const name = withDefaultTag(parseNormalizedName(target));
  if (name.digest !== undefined) {
    await context.terminal.err('refusing to create a tag with a digest reference\n');
    return exitCodes.failed;
  }
  return changeStore(line, context, async (store) => {
    if ((await findOrComplain(store.listImages(), source, context)) === undefined) return exitCodes.failed;
    store.change((changes) => {
      // Looked up again: it may have gone, or got another name, since.
      const { found, wanted } = findImage(changes.listImages(), source);
      if (found === undefined) throw new Error(`No such image: ${wanted}`);
      if (found.kind === 'by-ref' && changes.copyRef(found.ref.name, name)) return;
      const { manifest } = found.image;
      changes.writeRef(name, { manifest: manifest.digest, target: manifest, isWhole: true, more: [] });
    });
    store.sweep();
    return exitCodes.done;
  });
};

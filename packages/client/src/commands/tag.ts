/** `naru tag SOURCE TARGET`: one more name for an image. */
import { ImageReferenceError, parseAnyReference, parseNormalizedName, withDefaultTag } from '@naru/oci/reference';
import { DockerError } from './docker-error.ts';
import type { ClientCommand } from './command.ts';
import { changeStore, exitCodes, findOrComplain, nameOptions } from './image-command.ts';
import { findImage } from '../layout/find-image.ts';

export const tag: ClientCommand = async (line, context) => {
  const [source = '', target = ''] = line.words ?? [];
  checkSource(source);
  const names = await nameOptions(context);
  const name = withDefaultTag(parseNormalizedName(target, names));
  if (name.digest !== undefined) throw new DockerError('refusing to create a tag with a digest reference');
  return changeStore(line, context, async (store) => {
    if ((await findOrComplain(store.listImages(), source, context)) === undefined) return exitCodes.failed;
    store.change((changes) => {
      // Looked up again: it may have gone, or got another name, since.
      const { found, wanted } = findImage(changes.listImages(), source, names);
      if (found === undefined) throw new DockerError(`No such image: ${wanted}`);
      if (found.kind === 'by-ref' && changes.copyRef(found.ref.name, name)) return;
      const { manifest } = found.image;
      changes.writeRef(name, { manifest: manifest.digest, target: manifest, isWhole: true, more: [] });
    });
    store.sweep();
    return exitCodes.done;
  });
};

/** Docker's command line reads the source itself, and says so in words of its own. */
function checkSource(source: string): void {
  try {
    parseAnyReference(source);
  } catch (error) {
    if (!(error instanceof ImageReferenceError)) throw error;
    throw new DockerError(`Error parsing reference: ${JSON.stringify(source)} is not a valid repository/tag: ${error.message}`);
  }
}

/**
 * What Docker does when an image is removed: by a name, the name goes, and the image with its last
 * one; by id, the image goes if it has one tag at most, or under force. An image that a container
 * runs on stays in any case, one that a stopped container has unless forced. Worked out from the rows
 * alone, inside the transaction that does it.
 */
import { createHash } from 'node:crypto';
import type { Digest } from '@naru/oci/digest';
import { familiarString, type NameOptions, parseReference } from '@naru/oci/reference';
import type { ImageUser, ImageUsers } from '../container/image-users.ts';
import type { FoundImage } from '../layout/find-image.ts';
import type { Image, ImageRef } from '../layout/image.ts';
import type { ImageChanges } from '../layout/open-image-store.ts';
import { shortId } from './image-command.ts';

/** `deleted` is the image and then, from the top, the layers that no other image stands on, by Docker's names for them. */
export type Removed = { readonly untagged: readonly string[]; readonly deleted: readonly Digest[] };

/** The message is Docker's. */
export class RemovalConflict extends Error {
  override readonly name = 'RemovalConflict';
}

type RemovalOptions = {
  readonly force: boolean;
  readonly keepUntagged: boolean;
  readonly names: NameOptions;
  readonly users: ImageUsers;
};

/** `asked` is what somebody typed. Throws RemovalConflict. */
export function removeFound(changes: ImageChanges, found: FoundImage, asked: string, options: RemovalOptions): Removed {
  return found.kind === 'by-ref' ? removeByName(changes, found.image, { ref: found.ref, asked }, options) : removeById(changes, found.image, options);
}

/** Every name, and the image. */
export function removeWholly(changes: ImageChanges, image: Image, names: NameOptions): Removed {
  for (const { name } of image.refs) changes.removeRef(name);
  return { untagged: image.refs.map((ref) => shown(ref, names)), deleted: removeNameless(changes, image) };
}

function removeNameless(changes: ImageChanges, image: Image): Digest[] {
  const chain = chainIds(changes, image);
  changes.removeImage(image.id);
  const others = new Set(changes.listImages().flatMap((other) => chainIds(changes, other)));
  return [image.id, ...chain.filter((id) => !others.has(id)).reverse()];
}

/** A layer together with all below it (image-spec "Layer ChainID"), from the bottom. */
function chainIds(changes: ImageChanges, { manifest }: Image): Digest[] {
  let below: Digest | undefined;
  return changes.listLayers(manifest.digest).map(({ diffId }) => {
    below = below === undefined ? diffId : (`sha256:${createHash('sha256').update(`${below} ${diffId}`).digest('hex')}` as Digest); // a hash's own output
    return below;
  });
}

function removeByName(
  changes: ImageChanges,
  image: Image,
  { ref, asked }: { readonly ref: ImageRef; readonly asked: string },
  { force, keepUntagged, names, users }: RemovalOptions,
): Removed {
  const [user] = users.get(image.id) ?? [];
  if (user !== undefined && !force && isSingle(image.refs)) {
    throw new RemovalConflict(
      `conflict: unable to remove repository reference "${asked}" (must force) - container ${shortId(user.id)} is using its referenced image ${shortId(image.id)}`,
    );
  }
  const others = image.refs.filter(({ name }) => name !== ref.name);
  // Digests by which the repository is known mean nothing when none of its tags is left.
  const isLastTag = ref.kind === 'tag' && !others.some(({ kind, repository }) => kind === 'tag' && repository === ref.repository);
  const going = [ref, ...others.filter(({ kind, repository }) => isLastTag && kind === 'digest' && repository === ref.repository)];
  for (const { name } of going) changes.removeRef(name);
  const untagged = going.map((one) => shown(one, names));
  if (others.length >= going.length || keepUntagged || runningUser(users, image) !== undefined) return { untagged, deleted: [] };
  return { untagged, deleted: removeNameless(changes, image) };
}

function removeById(changes: ImageChanges, image: Image, { force, names, users }: RemovalOptions): Removed {
  const conflict = (can: 'cannot be forced' | 'must be forced', why: string) =>
    new RemovalConflict(`conflict: unable to delete ${shortId(image.id)} (${can}) - ${why}`);
  const running = runningUser(users, image);
  if (running !== undefined) throw conflict('cannot be forced', `image is being used by running container ${shortId(running.id)}`);
  if (!force && !isSingle(image.refs)) throw conflict('must be forced', 'image is referenced in multiple repositories');
  const [stopped] = users.get(image.id) ?? [];
  if (!force && stopped !== undefined) throw conflict('must be forced', `image is being used by stopped container ${shortId(stopped.id)}`);
  return removeWholly(changes, image, names);
}

function runningUser(users: ImageUsers, { id }: Image): ImageUser | undefined {
  return users.get(id)?.find(({ isRunning }) => isRunning);
}

/** At most one tag, and digests only of the same repository. */
function isSingle(refs: readonly ImageRef[]): boolean {
  if (refs.length <= 1) return true;
  return refs.filter(({ kind }) => kind === 'tag').length <= 1 && new Set(refs.map(({ repository }) => repository)).size === 1;
}

function shown({ name }: ImageRef, names: NameOptions): string {
  return familiarString(parseReference(name), names);
}

/** Which image is meant: by name, by the digest of a name, by id or the beginning of one, as Docker looks them up. */
import { type Digest, isDigest } from '@naru/oci/digest';
import { canonicalName, canonicalString, ImageReferenceError, type NameOptions, parseAnyReference, type Reference, withDefaultTag } from '@naru/oci/reference';
import type { Image, ImageRef } from './image.ts';

export type FoundImage =
  | { readonly kind: 'by-ref'; readonly image: Image; readonly ref: ImageRef }
  /** By id, or by a digest that an image is known by. */
  | { readonly kind: 'by-id'; readonly image: Image };

export type Lookup = { readonly found: FoundImage | undefined; /** As Docker names it in `No such image`. */ readonly wanted: string };

const idPrefix = /^(?:sha256:)?([0-9a-f]{1,64})$/;

/** Throws ImageReferenceError when the text cannot be a name. */
export function findImage(images: readonly Image[], text: string, names: NameOptions = {}): Lookup {
  const prefix = idPrefix.exec(text)?.[1];
  let reference: Reference | undefined;
  try {
    const any = parseAnyReference(text, names);
    if (any.kind === 'digest') return { found: byId(images, any.digest), wanted: text };
    reference = withDefaultTag(any.reference);
  } catch (error) {
    // Docker lets an id be found even where it is no name.
    if (prefix === undefined || !(error instanceof ImageReferenceError)) throw error;
  }
  const found = (reference && byReference(images, reference)) ?? (prefix === undefined ? undefined : byPrefix(images, prefix));
  return { found, wanted: reference === undefined ? text : familiarWanted(text, reference) };
}

function byReference(images: readonly Image[], reference: Reference): FoundImage | undefined {
  const name = canonicalString(reference.digest === undefined ? reference : withoutTag(reference));
  for (const image of images) {
    const ref = image.refs.find((each) => each.name === name);
    if (ref !== undefined) return { kind: 'by-ref', image, ref };
  }
  if (reference.digest === undefined) return undefined;
  const { digest } = reference;
  const image = images.find(({ id, manifest, refs }) =>
    refs.some((ref) => ref.repository === canonicalName(reference) && [id, manifest.digest, ref.manifest, ref.target.digest].includes(digest)),
  );
  return image && { kind: 'by-id', image };
}

function withoutTag({ domain, path, digest }: Reference): Reference {
  return { domain, path, ...(digest !== undefined && { digest }) };
}

function byId(images: readonly Image[], digest: Digest): FoundImage | undefined {
  const image =
    images.find(({ id }) => id === digest) ??
    images.find(({ manifest, refs }) => manifest.digest === digest || refs.some((ref) => ref.target.digest === digest));
  return image && { kind: 'by-id', image };
}

/** The beginning of an id counts only when one image has it. */
function byPrefix(images: readonly Image[], prefix: string): FoundImage | undefined {
  const [image, another] = images.filter(({ id }) => id.startsWith(`sha256:${prefix}`));
  return image === undefined || another !== undefined ? undefined : { kind: 'by-id', image };
}

function familiarWanted(text: string, reference: Reference): string {
  return reference.tag === 'latest' && !text.endsWith(':latest') && !isDigest(text) && !text.includes('@') ? `${text}:latest` : text;
}

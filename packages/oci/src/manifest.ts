/**
 * Manifests: OCI image manifest and index (image-spec), Docker image manifest version 2 schema 2 and
 * manifest list. Read only: the bytes are what has the digest, so nothing here writes a manifest.
 *
 * A document means one thing or is refused. One that is an image to one client and an index to
 * another (CVE-2021-41190), or that says another media type than its Content-Type, never gets in.
 */
import { type Descriptor, isAbsent, parseDescriptor } from './descriptor.ts';
import type { Digest } from './digest.ts';
import { type Annotations, parseAnnotations, rejectLookalikes } from './manifest-field.ts';
import { excerpt, manifestInvalid } from './manifest-invalid.ts';
import { type JsonObject, parseManifestJson } from './manifest-json.ts';
import { isIndexMediaType, isManifestMediaType, isNonDistributable, isSchema1, mediaTypeMaxLength, mediaTypes, parseMediaType } from './media-type.ts';

export { manifestMaxBytes, manifestMaxDepth, manifestMaxValues } from './manifest-json.ts';

/** Of one manifest: layers, or children of an index. */
export const manifestMaxDescriptors = 10_000;

export type ParsedManifest = {
  readonly kind: 'image' | 'index';
  readonly mediaType: string;
  /** As referrers list it (end-12): an image's is its config's media type when it names none. */
  readonly artifactType?: string;
  /** Of an image always, of an index never. */
  readonly config?: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations: Annotations;
};

/** `optional`: a manifest is whole without it. */
export type ContentReference = { readonly role: 'config' | 'layer' | 'manifest'; readonly digest: Digest; readonly optional?: true };

const fields = ['schemaVersion', 'mediaType', 'artifactType', 'config', 'layers', 'manifests', 'subject', 'annotations', 'fsLayers'];

/** `contentType` is the header that came with the bytes. Throws MANIFEST_INVALID. The caller has bounded the bytes by `manifestMaxBytes`. */
export function parseManifest(bytes: Uint8Array, contentType: string | undefined): ParsedManifest {
  const json = parseManifestJson(bytes);
  rejectLookalikes(json, fields, 'manifest');
  const mediaType = chooseMediaType(json, contentType);
  return isIndexMediaType(mediaType) ? parseIndex(json, mediaType) : parseImage(json, mediaType);
}

/**
 * Content of the repository that the manifest is made of, each digest once. Layers that are fetched
 * from elsewhere are optional: some clients push them all the same. The subject is none of it.
 */
export function contentReferences({ config, layers, manifests }: ParsedManifest): ContentReference[] {
  const references = new Map<Digest, ContentReference>();
  if (config) add({ role: 'config', digest: config.digest });
  for (const layer of layers) if (!isNonDistributable(layer)) add({ role: 'layer', digest: layer.digest });
  for (const { digest } of manifests) add({ role: 'manifest', digest });
  // Last: what is needed in another place is not optional.
  for (const layer of layers) if (isNonDistributable(layer)) add({ role: 'layer', digest: layer.digest, optional: true });
  return [...references.values()];

  function add(reference: ContentReference): void {
    if (!references.has(reference.digest)) references.set(reference.digest, reference);
  }
}

function parseImage(json: JsonObject, mediaType: string): ParsedManifest {
  refuse(json, ['manifests', 'fsLayers'], 'an image manifest');
  if (isAbsent(json['config'])) throw manifestInvalid('an image manifest needs a config');
  const config = parseDescriptor(json['config'], 'config');
  return {
    kind: 'image',
    mediaType,
    artifactType: parseArtifactType(json) ?? config.mediaType,
    config,
    layers: parseDescriptors(json, 'layers'),
    manifests: [],
    ...parseCommon(json),
  };
}

function parseIndex(json: JsonObject, mediaType: string): ParsedManifest {
  refuse(json, ['config', 'layers', 'fsLayers'], 'an index');
  const artifactType = parseArtifactType(json);
  return {
    kind: 'index',
    mediaType,
    ...(artifactType !== undefined && { artifactType }),
    layers: [],
    manifests: parseDescriptors(json, 'manifests'),
    ...parseCommon(json),
  };
}

function parseCommon(json: JsonObject): Pick<ParsedManifest, 'subject' | 'annotations'> {
  const annotations = parseAnnotations(json, 'manifest');
  return isAbsent(json['subject']) ? { annotations } : { subject: parseDescriptor(json['subject'], 'subject'), annotations };
}

/** An empty one counts as none (distribution-spec, "Listing Referrers"). */
function parseArtifactType({ artifactType }: JsonObject): string | undefined {
  if (isAbsent(artifactType) || artifactType === '') return undefined;
  if (typeof artifactType !== 'string' || artifactType.length > mediaTypeMaxLength)
    throw manifestInvalid(`artifactType must be a string of at most ${mediaTypeMaxLength} characters`, { value: excerpt(artifactType) });
  return artifactType;
}

function parseDescriptors(json: JsonObject, field: 'layers' | 'manifests'): Descriptor[] {
  const value = json[field];
  if (isAbsent(value)) return [];
  if (!Array.isArray(value)) throw manifestInvalid(`${field} must be an array of descriptors`, { value: excerpt(value) });
  if (value.length > manifestMaxDescriptors) throw manifestInvalid(`${field} holds too many descriptors`, { manifestMaxDescriptors, found: value.length });
  return value.map((entry: unknown, index) => parseDescriptor(entry, `${field}[${index}]`));
}

/** Even an empty or null one: a reader that goes by the fields must not find two formats. */
function refuse(json: JsonObject, strangers: readonly string[], what: string): void {
  const stranger = strangers.find((field) => Object.hasOwn(json, field));
  if (stranger !== undefined) throw manifestInvalid(`${what} must not have ${stranger}`);
}

function chooseMediaType(json: JsonObject, contentType: string | undefined): string {
  const header = contentType === undefined || contentType.trim() === '' ? undefined : parseMediaType(contentType);
  const field = json['mediaType'];
  if (!isAbsent(field) && typeof field !== 'string') throw manifestInvalid('mediaType must be a string', { value: excerpt(field) });

  if ([header, field].some((type) => typeof type === 'string' && isSchema1(type)) || json['schemaVersion'] === 1) throw schema1();
  if (json['schemaVersion'] !== 2) throw manifestInvalid('schemaVersion must be 2', { value: excerpt(json['schemaVersion']) });
  if (header !== undefined && typeof field === 'string' && header !== field) {
    throw manifestInvalid('mediaType is not the Content-Type of the request', { mediaType: excerpt(field), contentType: header });
  }
  const mediaType = header ?? field ?? inferMediaType(json);
  if (!isManifestMediaType(mediaType)) throw unsupported(mediaType);
  return mediaType;
}

/** Only OCI lets the field out; who sends no Content-Type either can mean just one thing by each list. */
function inferMediaType(json: JsonObject): string {
  const isIndex = Object.hasOwn(json, 'manifests');
  const isImage = Object.hasOwn(json, 'config') || Object.hasOwn(json, 'layers');
  if (isIndex !== isImage) return isIndex ? mediaTypes.ociIndex : mediaTypes.ociManifest;
  throw manifestInvalid(isIndex ? 'the manifest is an image and an index at once' : 'the manifest has no mediaType and came without a Content-Type');
}

function schema1(): Error {
  return manifestInvalid(
    'Docker image manifest schema 1 is not supported: pull the image with a current client and push it again, which writes schema 2 or OCI',
    {
      supported: supportedMediaTypes,
    },
  );
}

function unsupported(mediaType: string): Error {
  const reason =
    mediaType === mediaTypes.ociArtifact
      ? 'the OCI artifact manifest was withdrawn before image-spec 1.1: push an image manifest with an artifactType'
      : 'unsupported manifest media type';
  return manifestInvalid(reason, { mediaType: excerpt(mediaType), supported: supportedMediaTypes });
}

const supportedMediaTypes = [mediaTypes.ociManifest, mediaTypes.ociIndex, mediaTypes.dockerManifest, mediaTypes.dockerManifestList];

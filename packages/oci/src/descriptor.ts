/** Descriptors (image-spec "OCI Content Descriptors"): what points at content. */
import { digestBytes } from './content-digest.ts';
import { type Digest, digestAlgorithm, isDigest } from './digest.ts';
import { parseAnnotations, rejectLookalikes } from './manifest-field.ts';
import { excerpt, manifestInvalid } from './manifest-invalid.ts';
import { isJsonObject, type JsonObject } from './manifest-json.ts';
import { mediaTypeMaxLength } from './media-type.ts';
import type { Platform } from './platform.ts';

/** A parsed one is the object of the document itself, so fields that are not named here are still in it. */
export type Descriptor = {
  readonly mediaType: string;
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: Platform;
  readonly urls?: readonly string[];
  /** The content itself, base64. */
  readonly data?: string;
};

const fields = ['mediaType', 'digest', 'size', 'artifactType', 'annotations', 'platform', 'urls', 'data'];

/** `where` is the descriptor's place in the document, such as `layers[2]`. Throws MANIFEST_INVALID. */
export function parseDescriptor(value: unknown, where: string): Descriptor {
  if (!isJsonObject(value)) throw manifestInvalid(`${where} must be a descriptor`, { field: where, value: excerpt(value) });
  rejectLookalikes(value, fields, where);

  const { mediaType, digest, size, artifactType, urls } = value;
  const wrong = (field: string, rule: string): Error =>
    manifestInvalid(`${where}.${field} ${rule}`, { field: `${where}.${field}`, value: excerpt(value[field]) });
  // Not by the grammar: what is stored elsewhere already must stay readable.
  if (typeof mediaType !== 'string' || mediaType === '' || mediaType.length > mediaTypeMaxLength)
    throw wrong('mediaType', `must be a media type of at most ${mediaTypeMaxLength} characters`);
  if (typeof digest !== 'string' || !isDigest(digest)) throw wrong('digest', 'must be a sha256 or sha512 digest');
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) throw wrong('size', 'must be a whole number of bytes');
  if (!isAbsent(artifactType) && (typeof artifactType !== 'string' || artifactType.length > mediaTypeMaxLength))
    throw wrong('artifactType', `must be a string of at most ${mediaTypeMaxLength} characters`);
  if (!isAbsent(urls) && !isStrings(urls)) throw wrong('urls', 'must be an array of strings');
  parseAnnotations(value, where);
  checkPlatform(value, where);
  checkData(value, { digest, size }, where);
  return withoutNulls(value) as Descriptor; // every field of the type was checked above
}

/** Go's writers put null for an empty list or map. */
export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function withoutNulls(value: JsonObject): JsonObject {
  const names = fields.filter((field) => value[field] === null);
  return names.length === 0 ? value : Object.fromEntries(Object.entries(value).filter(([field]) => !names.includes(field)));
}

function checkPlatform({ platform }: JsonObject, where: string): void {
  if (isAbsent(platform)) return;
  if (!isJsonObject(platform)) throw manifestInvalid(`${where}.platform must be an object`);
  for (const field of ['os', 'architecture']) {
    if (typeof platform[field] !== 'string') throw manifestInvalid(`${where}.platform.${field} must be a string`);
  }
  for (const field of ['variant', 'os.version']) {
    if (!isAbsent(platform[field]) && typeof platform[field] !== 'string') throw manifestInvalid(`${where}.platform.${field} must be a string`);
  }
  if (!isAbsent(platform['os.features']) && !isStrings(platform['os.features']))
    throw manifestInvalid(`${where}.platform.os.features must be an array of strings`);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Whoever reads `data` instead of fetching the blob must see the same bytes. */
function checkData({ data }: JsonObject, { digest, size }: { digest: Digest; size: number }, where: string): void {
  if (isAbsent(data)) return;
  if (typeof data !== 'string' || data.length % 4 !== 0 || !base64.test(data)) throw manifestInvalid(`${where}.data must be base64`);
  const bytes = decodeBase64(data);
  if (bytes.length !== size) throw manifestInvalid(`${where}.data is not of the descriptor's size`, { field: `${where}.data`, size, dataBytes: bytes.length });
  const computed = digestBytes(digestAlgorithm(digest), bytes);
  if (computed !== digest) throw manifestInvalid(`${where}.data does not have the descriptor's digest`, { field: `${where}.data`, digest, computed });
}

function decodeBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

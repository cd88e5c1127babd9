/**
 * Image references as Docker's users write them, to the letter of `distribution/reference`: the
 * grammar, how a short name becomes a full one and back, and the texts of the errors, which people
 * search for and scripts match.
 *
 *     reference      := name [ ":" tag ] [ "@" digest ]
 *     name           := [ domain "/" ] path
 *     domain         := host [ ":" [0-9]+ ]              host := label *( "." label ) | "[" [a-fA-F0-9:]+ "]"
 *     label          := [a-zA-Z0-9] | [a-zA-Z0-9] [a-zA-Z0-9-]* [a-zA-Z0-9]
 *     path           := component *( "/" component )     at most 255 characters
 *     component      := [a-z0-9]+ *( ( "." | "_" | "__" | "-"+ ) [a-z0-9]+ )
 *     tag            := [A-Za-z0-9_] [A-Za-z0-9_.-]{0,127}
 *     digest         := algorithm ":" [0-9a-fA-F]{32,}   and then by go-digest's rules, in lower case and of the right length
 *
 * Of the algorithms sha256 and sha512 are known; any other is "unsupported", as it is to a Go program
 * that does not link it.
 */
import { type Digest, isDigest, isDigestAlgorithm } from './digest.ts';

export type Reference = {
  /** Empty only in what `parseReference` read from a name without one. */
  readonly domain: string;
  readonly path: string;
  readonly tag?: string;
  readonly digest?: Digest;
};

export type AnyReference = { readonly kind: 'name'; readonly reference: Reference } | { readonly kind: 'digest'; readonly digest: Digest };

/** `registry` is where names without a registry live: docker.io unless configured. */
export type NameOptions = { readonly defaultRegistry?: string };

/** The message is Docker's and needs nothing before it. */
export class ImageReferenceError extends Error {
  override readonly name = 'ImageReferenceError';
}

export const dockerHub = 'docker.io';
export const defaultTag = 'latest';
export const referencePathMaxLength = 255;
/** Ours, not Docker's: no name that can be used is near it, and patterns are not run over a stranger's megabyte. */
export const referenceMaxLength = 4096;

const legacyDockerHub = 'index.docker.io';
const officialPrefix = 'library/';

const label = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domain = `(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const path = `${component}(?:/${component})*`;
const tag = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const digest = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';

const referencePattern = new RegExp(`^(?:(${domain})/)?(${path})(?::(${tag}))?(?:@(${digest}))?$`);
const tagPattern = new RegExp(`^${tag}$`);
const imageId = /^[a-f0-9]{64}$/;
const goDigest = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;

/** The bare grammar: `a/b` is path b on domain a. For names that people type use `parseNormalizedName`. */
export function parseReference(text: string): Reference {
  if (text === '') throw new ImageReferenceError('repository name must have at least one component');
  const match = matchReference(text);
  if (!match) throw new ImageReferenceError(matchReference(toLower(text)) ? 'repository name must be lowercase' : 'invalid reference format');
  const [, domainPart = '', pathPart = '', tagPart, digestPart] = match;
  if (pathPart.length > referencePathMaxLength) throw new ImageReferenceError(`repository name must not be more than ${referencePathMaxLength} characters`);
  return {
    domain: domainPart,
    path: pathPart,
    ...(tagPart !== undefined && { tag: tagPart }),
    ...(digestPart !== undefined && { digest: parseReferenceDigest(digestPart) }),
  };
}

/** What a user means: `nginx` is docker.io/library/nginx. Adds no tag. */
export function parseNormalizedName(text: string, options: NameOptions = {}): Reference {
  if (text.length > referenceMaxLength) throw new ImageReferenceError('invalid reference format');
  if (imageId.test(text)) throw new ImageReferenceError(`invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`);
  const { registry, remainder } = splitRegistry(text, options.defaultRegistry ?? dockerHub);
  const colon = remainder.indexOf(':');
  const name = colon < 0 ? remainder : remainder.slice(0, colon);
  if (toLower(name) !== name) throw new ImageReferenceError(`invalid reference format: repository name (${name}) must be lowercase`);
  return parseReference(`${registry}/${remainder}`);
}

/** An image id, a digest, or a name: whatever a command takes for an image. */
export function parseAnyReference(text: string, options: NameOptions = {}): AnyReference {
  const asDigest = imageId.test(text) ? `sha256:${text}` : text;
  return isDigest(asDigest) ? { kind: 'digest', digest: asDigest } : { kind: 'name', reference: parseNormalizedName(text, options) };
}

/** A name that says neither tag nor digest means `latest`. */
export function withDefaultTag(reference: Reference): Reference {
  return reference.tag === undefined && reference.digest === undefined ? { ...reference, tag: defaultTag } : reference;
}

export function withTag(reference: Reference, newTag: string): Reference {
  if (!tagPattern.test(newTag)) throw new ImageReferenceError('invalid tag format');
  return { ...reference, tag: newTag };
}

export function canonicalName(reference: Reference): string {
  return reference.domain === '' ? reference.path : `${reference.domain}/${reference.path}`;
}

export function canonicalString(reference: Reference): string {
  return canonicalName(reference) + suffix(reference);
}

/** The short name that Docker shows, without what `parseNormalizedName` puts there by itself. */
export function familiarName(reference: Reference, options: NameOptions = {}): string {
  const defaultRegistry = options.defaultRegistry ?? dockerHub;
  if (reference.domain !== defaultRegistry) return canonicalName(reference);
  if (defaultRegistry === dockerHub) return isOfficial(reference.path) ? reference.path.slice(officialPrefix.length) : reference.path;
  // Docker shortens even what then reads as another registry's name; with a registry of one's own that would be a trap.
  return splitRegistry(reference.path, defaultRegistry).registry === defaultRegistry ? reference.path : canonicalName(reference);
}

export function familiarString(reference: Reference, options: NameOptions = {}): string {
  return familiarName(reference, options) + suffix(reference);
}

export type ExplainedReference = {
  readonly registry: string;
  /** Everything between registry and image; absent when there is nothing between. */
  readonly project?: string;
  readonly image: string;
  readonly tag?: string;
  readonly digest?: Digest;
  readonly canonical: string;
};

/** The parts of a name, with every default filled in. */
export function explainReference(text: string, options: NameOptions = {}): ExplainedReference {
  const reference = withDefaultTag(parseNormalizedName(text, options));
  const slash = reference.path.lastIndexOf('/');
  return {
    registry: reference.domain,
    ...(slash > 0 && { project: reference.path.slice(0, slash) }),
    image: reference.path.slice(slash + 1),
    ...(reference.tag !== undefined && { tag: reference.tag }),
    ...(reference.digest !== undefined && { digest: reference.digest }),
    canonical: canonicalString(reference),
  };
}

/**
 * The first part is a registry when it could be nothing else: `localhost`, or with a dot, a colon or
 * a capital. A name without a slash never is one, so `example.com:80` is a Hub image with tag 80.
 */
function splitRegistry(text: string, defaultRegistry: string): { registry: string; remainder: string } {
  const slash = text.indexOf('/');
  const first = text.slice(0, Math.max(slash, 0));
  const isRegistry = first === 'localhost' || /[.:]/.test(first) || toLower(first) !== first;
  const registry = !isRegistry ? defaultRegistry : first === legacyDockerHub ? dockerHub : first;
  const remainder = isRegistry ? text.slice(slash + 1) : text;
  return { registry, remainder: registry === dockerHub && !remainder.includes('/') ? officialPrefix + remainder : remainder };
}

function matchReference(text: string): RegExpExecArray | null {
  return text.length > referenceMaxLength ? null : referencePattern.exec(text);
}

function isOfficial(fullPath: string): boolean {
  return fullPath.startsWith(officialPrefix) && !fullPath.includes('/', officialPrefix.length);
}

function suffix(reference: Reference): string {
  return (reference.tag === undefined ? '' : `:${reference.tag}`) + (reference.digest === undefined ? '' : `@${reference.digest}`);
}

function parseReferenceDigest(text: string): Digest {
  if (isDigest(text)) return text;
  const colon = text.indexOf(':');
  const algorithm = text.slice(0, colon);
  if (!isDigestAlgorithm(algorithm)) throw new ImageReferenceError(goDigest.test(text) ? 'unsupported digest algorithm' : 'invalid checksum digest format');
  const hexLength = algorithm === 'sha256' ? 64 : 128;
  throw new ImageReferenceError(text.length - colon - 1 === hexLength ? 'invalid checksum digest format' : 'invalid checksum digest length');
}

/** Go maps character by character; JavaScript makes two of this one letter. */
function toLower(text: string): string {
  return text.replaceAll('\u0130', 'i').toLowerCase();
}

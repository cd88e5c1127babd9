/** Gathers what is known of an image in a repository: what its checks found, who signed it, what comes beside it. */
import type { Digest } from '@naru/oci/digest';
import { parseManifest, type ParsedManifest } from '@naru/oci/manifest';
import { isRegistryError } from '@naru/oci/registry-error';
import { isTag, type RepositoryName } from '@naru/oci/repository-name';
import { readBytes } from '../blobstore/read-bytes.ts';
import type { Manifest } from '../metadata/port.ts';
import type { Registry } from '../registry/registry.ts';
import { attachedKindOf } from './attached-documents.ts';
import type { Checks } from './finding-summary.ts';
import type { ImageFacts, Signer } from './judge.ts';
import type { AttachedKind } from './policy.ts';

export type Signatures = {
  /** The trusted signers that have a valid signature on exactly this digest. */
  listSigners(repository: RepositoryName, digest: Digest): Promise<readonly Signer[]>;
};

export type FactParts = {
  readonly registry: Pick<Registry, 'manifests' | 'referrers' | 'blobs'>;
  readonly checks: Checks;
  readonly signatures: Signatures;
};

export type FoundManifest = { readonly manifest: Manifest; readonly parsed: ParsedManifest };

/** Referrers of one image that are looked at (I6). */
const referrersMax = 500;

/** `indexes`: those of the repository that hold it. What is said of an index is said of its members. */
export async function gatherFacts(
  {
    repository,
    digest,
    indexes,
    configuration,
  }: { repository: RepositoryName; digest: Digest; indexes: readonly (FoundManifest & { digest: Digest })[]; configuration: boolean },
  parts: FactParts,
): Promise<ImageFacts> {
  const signers: Signer[] = [];
  const attached = new Set<AttachedKind>();
  for (const named of [digest, ...indexes.map((index) => index.digest)]) {
    signers.push(...(await parts.signatures.listSigners(repository, named)));
    for (const kind of await listAttached(repository, named, parts)) attached.add(kind);
  }
  for (const { parsed } of indexes) for (const kind of await listStatements(repository, digest, parsed, parts)) attached.add(kind);
  if (attached.has('sbom')) attached.add('any-sbom');
  return { digest, check: await parts.checks.findingSummary(repository, digest, { configuration }), signers, attached: [...attached] };
}

/** Undefined when the repository does not hold it (any more). */
export async function findManifest(repository: RepositoryName, digest: Digest, { registry }: Pick<FactParts, 'registry'>): Promise<FoundManifest | undefined> {
  const manifest = await orGone(registry.manifests.get(repository, { kind: 'digest', digest }));
  return manifest && { manifest, parsed: parseManifest(manifest.bytes, manifest.mediaType) };
}

/** The first bytes of a blob. */
export async function readBeginning(repository: RepositoryName, digest: Digest, sizeBytes: number, { registry }: Pick<FactParts, 'registry'>) {
  const blob = await orGone(registry.blobs.find(repository, digest));
  const length = Math.min(sizeBytes, blob?.sizeBytes ?? 0);
  if (blob === undefined || length === 0) return blob && new Uint8Array();
  const source = await orGone(registry.blobs.open(blob, { offset: 0, length }));
  return source && Buffer.concat(await Array.fromAsync(readBytes(source)));
}

async function listAttached(repository: RepositoryName, digest: Digest, { registry }: FactParts): Promise<AttachedKind[]> {
  const { descriptors, generated } = await registry.referrers.list({ repository, subject: digest, limit: referrersMax });
  // What the server makes of every image is no word of whoever brings it.
  const found = descriptors.map((one): AttachedKind | undefined => (generated.has(one.digest) ? 'any-sbom' : attachedKindOf(one)));
  for (const ending of ['att', 'sbom'] as const) {
    const tag = `${digest.replace(':', '-')}.${ending}`;
    const manifest = isTag(tag) ? await orGone(registry.manifests.get(repository, { kind: 'tag', tag })) : undefined;
    if (manifest === undefined) continue;
    if (ending === 'sbom') found.push('sbom');
    else found.push(...parseManifest(manifest.bytes, manifest.mediaType).layers.map(attachedKindOf));
  }
  return found.filter((kind) => kind !== undefined);
}

/** BuildKit puts statements into the index, as images that run nowhere and name the one that they are about. */
async function listStatements(repository: RepositoryName, digest: Digest, { manifests }: ParsedManifest, parts: FactParts): Promise<AttachedKind[]> {
  const about = manifests.filter(({ annotations }) => annotations?.['vnd.docker.reference.digest'] === digest);
  const found: (AttachedKind | undefined)[] = [];
  for (const member of about.slice(0, referrersMax))
    found.push(...((await findManifest(repository, member.digest, parts))?.parsed.layers ?? []).map(attachedKindOf));
  return found.filter((kind) => kind !== undefined);
}

/** Collection or an operator may take it at any moment. */
async function orGone<Found>(found: Promise<Found>): Promise<Found | undefined> {
  try {
    return await found;
  } catch (error) {
    if (isRegistryError(error, 'MANIFEST_UNKNOWN') || isRegistryError(error, 'BLOB_UNKNOWN')) return undefined;
    throw error;
  }
}

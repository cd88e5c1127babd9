/** end-3, end-7, end-9: manifests by tag and by digest. */
import { type Digest, digestAlgorithm, isDigest } from '@naru/oci/digest';
import { formatEtag } from '@naru/oci/etag';
import { parseManifest, type ParsedManifest } from '@naru/oci/manifest';
import { isManifestMediaType, isMediaType, isSchema1, manifestMediaTypes } from '@naru/oci/media-type';
import { isRegistryError } from '@naru/oci/registry-error';
import { discardBody, readBounded } from './body.ts';
import { hashBytes } from './content-hash.ts';
import { remoteLimits } from './limits.ts';
import { printable, RemoteError, isRemoteError } from './remote-error.ts';
import type { EndpointResponse } from './endpoint.ts';
import type { WithSignal } from './repository.ts';
import type { RepositoryAccess } from './repository-access.ts';

export type RemoteManifest = {
  /** As the registry holds them: the digest is of exactly these. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** As the registry says; empty when it says nothing. */
  readonly mediaType: string;
  readonly digest: Digest;
};

export type ManifestHead = { readonly mediaType: string; readonly digest: Digest | undefined; readonly sizeBytes: number | undefined };

export type PutManifestOptions = WithSignal & {
  /** Only if the reference points at this manifest now. Throws RemoteError `precondition` otherwise. */
  readonly ifMatch?: Digest;
  /** Only if there is none yet. */
  readonly ifAbsent?: boolean;
};

const accept = manifestMediaTypes.join(', ');

export type PutManifestResult = {
  readonly digest: Digest;
  /** The registry lists it among its subject's referrers; if not, whoever pushes keeps the fallback tag. */
  readonly isSubjectKnown: boolean;
};

export function getManifest(access: RepositoryAccess, reference: string, { signal }: WithSignal = {}): Promise<RemoteManifest> {
  return access.read(request('GET', reference, signal), async (response) => {
    const bytes = await readBounded(response.body, remoteLimits.manifestBytes, 'the manifest');
    const said = response.headers.get('docker-content-digest');
    const wanted = isDigest(reference) ? reference : said !== null && isDigest(said) ? said : undefined;
    const digest = hashBytes(wanted === undefined ? 'sha256' : digestAlgorithm(wanted), bytes);
    if (wanted !== undefined && digest !== wanted) {
      throw new RemoteError('wrong-content', `manifest verification failed for digest ${wanted}: its bytes are ${digest}`);
    }
    return { bytes, mediaType: mediaTypeOf(response), digest };
  });
}

export async function headManifest(access: RepositoryAccess, reference: string, { signal }: WithSignal = {}): Promise<ManifestHead | undefined> {
  try {
    return await access.read(request('HEAD', reference, signal), async (response) => {
      await discardBody(response.body);
      const digest = response.headers.get('docker-content-digest') ?? '';
      return { mediaType: mediaTypeOf(response), digest: isDigest(digest) ? digest : undefined, sizeBytes: contentLength(response) };
    });
  } catch (error) {
    if (isRemoteError(error, 'not-found')) return undefined;
    throw error;
  }
}

export async function putManifest(
  access: RepositoryAccess,
  reference: string,
  { bytes, mediaType }: { readonly bytes: Uint8Array<ArrayBuffer>; readonly mediaType: string },
  { ifMatch, ifAbsent = false, signal }: PutManifestOptions = {},
): Promise<PutManifestResult> {
  const response = await access.send({
    method: 'PUT',
    target: `manifests/${reference}`,
    rights: ['pull', 'push'],
    headers: {
      'content-type': mediaType,
      ...(ifMatch !== undefined && { 'if-match': formatEtag(ifMatch) }),
      ...(ifAbsent && { 'if-none-match': '*' }),
    },
    body: bytes,
    expect: [201],
    // With a condition the second of two would find the first one's work and call it a conflict.
    isRepeatable: ifMatch === undefined && !ifAbsent,
    ...(signal && { signal }),
  });
  await discardBody(response.body);
  const said = response.headers.get('docker-content-digest');
  const digest = hashBytes(isDigest(reference) ? digestAlgorithm(reference) : said !== null && isDigest(said) ? digestAlgorithm(said) : 'sha256', bytes);
  if (said !== null && said !== digest)
    throw new RemoteError('broken-answer', `the registry stored the manifest as ${printable(said.slice(0, 160))}, not as ${digest}`);
  return { digest, isSubjectKnown: response.headers.has('oci-subject') };
}

export async function deleteManifest(access: RepositoryAccess, digest: Digest, options: WithSignal = {}): Promise<void> {
  await deleteReference(access, digest, options);
}

export async function deleteTag(access: RepositoryAccess, tag: string, options: WithSignal = {}): Promise<void> {
  await deleteReference(access, tag, options);
}

/** What a manifest says, or a RemoteError `broken-answer` with the reason. */
export function readManifest({ bytes, mediaType }: Pick<RemoteManifest, 'bytes' | 'mediaType'>): ParsedManifest {
  try {
    // Many registries serve what was pushed long ago as plain JSON; then the document's own field counts.
    return parseManifest(bytes, isManifestMediaType(mediaType) || isSchema1(mediaType) ? mediaType : undefined);
  } catch (error) {
    if (isRegistryError(error)) throw new RemoteError('broken-answer', `manifest invalid: ${error.message}`, { cause: error });
    throw error;
  }
}

async function deleteReference(access: RepositoryAccess, reference: string, { signal }: WithSignal): Promise<void> {
  const response = await access.send({
    method: 'DELETE',
    target: `manifests/${reference}`,
    rights: ['pull', 'delete'],
    expect: [200, 202, 204],
    ...(signal && { signal }),
  });
  await discardBody(response.body);
}

function request(method: 'GET' | 'HEAD', reference: string, signal: AbortSignal | undefined) {
  return { method, target: `manifests/${reference}`, rights: ['pull'], headers: { accept }, expect: [200], ...(signal && { signal }) } as const;
}

function mediaTypeOf({ headers }: EndpointResponse): string {
  const [type = ''] = (headers.get('content-type') ?? '').split(';');
  return isMediaType(type.trim()) ? type.trim().toLowerCase() : '';
}

export function contentLength({ headers }: EndpointResponse): number | undefined {
  const text = headers.get('content-length');
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

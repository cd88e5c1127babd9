/** One blob that the registry shall have, with as little work as will do: it is there, it is mounted, an earlier push goes on, or it is sent. */
import type { Digest } from '@naru/oci/digest';
import type { UploadSessions } from '../layout/upload-sessions.ts';
import { isRemoteError } from '../remote/remote-error.ts';
import type { Upload } from '../remote/repository.ts';
import { mountCandidates } from './mount-candidates.ts';
import { signalOf, type Transfer } from './transfer.ts';
import { findUpload, uploadBlob } from './upload-blob.ts';

export type SentBlob = { readonly kind: 'exists' } | { readonly kind: 'mounted'; readonly from: string } | { readonly kind: 'sent' };

export type SendOptions = {
  readonly sessions: UploadSessions;
  readonly mayMount: boolean;
  readonly signal?: AbortSignal;
  readonly onBytes?: (bytes: number) => void;
  readonly onRetry?: (delayMs: number) => void;
};

/** Throws RemoteError. */
export async function sendBlob(transfer: Transfer, blob: { readonly digest: Digest; readonly size: number }, options: SendOptions): Promise<SentBlob> {
  if (await hasRemoteBlob(transfer, blob.digest, options.signal)) return { kind: 'exists' };
  let begun = await findUpload(transfer, blob, options.sessions);
  if (begun === undefined && options.mayMount) {
    const mounted = await tryMounts(transfer, blob, options.signal);
    if (mounted.kind === 'mounted') return mounted;
    begun = mounted.upload;
  }
  await uploadBlob(transfer, blob, { ...options, ...(begun && { begun }) });
  return { kind: 'sent' };
}

/** A registry that will not say is sent the blob: then it says why not, in the words for a push. */
async function hasRemoteBlob({ repository }: Transfer, digest: Digest, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    return (await repository.headBlob(digest, signalOf({ ...(signal && { signal }) }))) !== undefined;
  } catch (error) {
    if (isRemoteError(error, 'denied', 'unauthorized', 'refused') && error.remedy === undefined) return false;
    throw error;
  }
}

async function tryMounts(
  { store, repository }: Transfer,
  { digest, size }: { readonly digest: Digest; readonly size: number },
  signal: AbortSignal | undefined,
): Promise<{ kind: 'mounted'; from: string } | { kind: 'upload'; upload: Upload | undefined }> {
  const options = signal === undefined ? {} : { signal };
  let upload: Upload | undefined;
  for (const from of mountCandidates(store.listLayerSources(digest), { registry: repository.registry, name: repository.name }, size)) {
    if (upload !== undefined) await repository.cancelUpload(upload, options);
    upload = undefined;
    try {
      const answer = await repository.mountBlob(digest, from, options);
      if (answer.kind === 'mounted') return { kind: 'mounted', from };
      upload = answer.upload;
    } catch (error) {
      // Whoever may not read there may still push here.
      if (!isRemoteError(error, 'denied', 'unauthorized', 'not-found', 'refused')) throw error;
    }
  }
  return { kind: 'upload', upload };
}

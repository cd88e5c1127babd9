/**
 * Pushes an image by the Distribution API, in chunks. When the connection breaks, the server is asked how
 * far it is, and the upload goes on from there; where each upload is, is kept in the browser, so that it
 * also goes on after the page was closed and the same archive is dropped again.
 */
import { ApiError, problemOf, readProblem } from '../../api/api-error.ts';
import { call } from '../../api/client.ts';
import type { ArchivedImage, ManifestPart, Part } from './read-archive.ts';

export type PushTarget = { readonly repository: string; readonly tag: string; readonly hasAccounts: boolean };
export type PushProgress = { readonly sentBytes: number; readonly isWaiting: boolean };
export type PushOptions = { readonly onProgress: (progress: PushProgress) => void; readonly signal: AbortSignal };

const chunkBytes = 8 * 1024 * 1024;
/** With twice the time between them each time: about half a minute. */
const triesMax = 7;
const firstWaitMs = 250;

/** Throws ApiError: `offline` when the connection stays broken, and it can be called again. */
export async function pushImage(image: ArchivedImage, target: PushTarget, { onProgress, signal }: PushOptions): Promise<void> {
  const { repository, tag } = target;
  const send = sender(target, signal);
  const base = `/v2/${repository}`;
  let done = 0;
  for (const blob of image.blobs) {
    await persist(() => pushBlob(blob), done);
    done += blob.bytes.size;
    onProgress({ sentBytes: done, isWaiting: false });
  }
  for (const manifest of image.manifests) {
    await persist(() => putManifest(manifest, manifest.digest), done);
    done += manifest.bytes.size;
    onProgress({ sentBytes: done, isWaiting: false });
  }
  const last = image.manifests.at(-1);
  if (last !== undefined) await persist(() => putManifest(last, tag), done);

  async function pushBlob({ digest, bytes }: Part): Promise<void> {
    const there = await send(`${base}/blobs/${digest}`, { method: 'HEAD' });
    if (there.ok) return;
    const key = `naru_upload ${repository} ${digest}`;
    const before = done;
    let upload = await findUpload(key);
    while (upload.offset < bytes.size) {
      const end = Math.min(upload.offset + chunkBytes, bytes.size);
      const answer = await send(upload.location, {
        method: 'PATCH',
        headers: { 'content-type': 'application/octet-stream', 'content-range': `${upload.offset}-${end - 1}` },
        body: bytes.slice(upload.offset, end),
      });
      if (answer.status !== 202) throw await forget(key, answer, upload.offset);
      upload = { location: locationOf(answer), offset: end };
      onProgress({ sentBytes: before + end, isWaiting: false });
    }
    const finished = await send(`${upload.location}?digest=${encodeURIComponent(digest)}`, { method: 'PUT' });
    if (finished.status !== 201) throw await forget(key, finished, upload.offset);
    localStorage.removeItem(key);
  }

  /** One that was begun before, where the server still has it. */
  async function findUpload(key: string): Promise<{ location: string; offset: number }> {
    const kept = localStorage.getItem(key);
    if (kept?.startsWith(`${base}/blobs/uploads/`) === true) {
      const status = await send(kept, { method: 'GET' });
      if (status.ok) return { location: kept, offset: offsetOf(status) };
      localStorage.removeItem(key);
    }
    const begun = await send(`${base}/blobs/uploads/`, { method: 'POST' });
    if (begun.status !== 202) throw await readProblem(begun);
    const location = locationOf(begun);
    localStorage.setItem(key, location);
    return { location, offset: 0 };
  }

  async function putManifest({ mediaType, bytes }: ManifestPart, reference: string): Promise<void> {
    const answer = await send(`${base}/manifests/${reference}`, { method: 'PUT', headers: { 'content-type': mediaType }, body: bytes });
    if (answer.status !== 201) throw await readProblem(answer);
  }

  /** Again where the connection broke, the server was restarted, or was busy. */
  async function persist(act: () => Promise<void>, sentBytes: number): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await act();
      } catch (error) {
        signal.throwIfAborted();
        if (!['offline', 'busy'].includes(problemOf(error).kind) || attempt === triesMax) throw error;
        onProgress({ sentBytes, isWaiting: true });
        await pause(firstWaitMs * 2 ** (attempt - 1), signal);
      }
    }
  }
}

type RegistryRequest = { readonly method: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: Blob };

/** With the token that the session stands for: the registry's own API takes no cookie. */
function sender({ repository, hasAccounts }: PushTarget, signal: AbortSignal): (address: string, request: RegistryRequest) => Promise<Response> {
  let token: string | undefined;
  return async (address, request) => {
    token ??= await ask();
    const first = await attempt(address, request);
    if (first.status !== 401 || token === undefined) return first;
    // It is good for minutes, and an upload takes longer.
    token = await ask();
    return attempt(address, request);
  };

  async function ask(): Promise<string | undefined> {
    return hasAccounts ? (await call('POST /session/registry-token', { body: { repository }, signal })).token : undefined;
  }

  async function attempt(address: string, request: RegistryRequest): Promise<Response> {
    try {
      return await fetch(address, { ...request, signal, headers: { ...request.headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) } });
    } catch (cause) {
      if (signal.aborted) throw cause;
      throw new ApiError({ kind: 'offline', status: 0, code: 'OFFLINE', message: '', requestId: '' }, { cause });
    }
  }
}

/** What the server says of an upload that it has no more, or that is not what it should be: the next try begins anew. */
async function forget(key: string, answer: Response, offset: number): Promise<ApiError> {
  const problem = await readProblem(answer);
  // Another request still writes to it, whose connection broke; or the chunk had come, and only its answer had not.
  const isKept = answer.status === 409 || (answer.status === 416 && offset > 0);
  if (!isKept) localStorage.removeItem(key);
  return [404, 409, 416].includes(answer.status) ? new ApiError({ ...problem.problem, kind: 'busy' }) : problem;
}

function locationOf(answer: Response): string {
  return new URL(answer.headers.get('location') ?? '', location.href).pathname;
}

/** `0-41` is 42 bytes. */
function offsetOf(answer: Response): number {
  const end = Number((answer.headers.get('range') ?? '').split('-')[1]);
  return Number.isSafeInteger(end) && end > 0 ? end + 1 : 0;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    setTimeout(resolve, ms);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  signal.throwIfAborted();
}

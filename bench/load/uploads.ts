/** The requests of a push, as the specification names them (end-4a, end-6, end-7a). */
import type { Server } from '../peers/peer.ts';
import { expectStatus } from './requests.ts';

/** Gives the absolute address to send the bytes to. */
export async function beginUpload(server: Server, repository: string): Promise<string> {
  const response = await expectStatus([202], `${server.url}/v2/${repository}/blobs/uploads/`, { method: 'POST' });
  const location = response.headers.get('Location');
  if (location === null) throw new Error(`${server.url} gave no Location for an upload`);
  return new URL(location, server.url).href;
}

export function finishUrl(location: string, digest: string): string {
  const url = new URL(location);
  url.searchParams.set('digest', digest);
  return url.href;
}

export async function sendPut(url: string, body?: Uint8Array<ArrayBuffer>, contentType = 'application/octet-stream'): Promise<void> {
  await expectStatus([201, 204], url, { method: 'PUT', headers: { 'Content-Type': contentType }, ...(body === undefined ? {} : { body }) });
}

export async function pushSmallBlob(server: Server, repository: string, blob: { digest: string; bytes: Uint8Array<ArrayBuffer> }): Promise<void> {
  const url = server.uploads === 'session' ? finishUrl(await beginUpload(server, repository), blob.digest) : server.blobUrl(repository, blob.digest);
  await sendPut(url, blob.bytes);
}

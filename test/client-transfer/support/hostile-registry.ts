/** A registry with one image, `a:v1`, that answers for its blobs as the test says. */
import type { ServerResponse } from 'node:http';
import { startScriptedServer, type ScriptedServer } from '../../support/client/scripted-server.ts';
import type { Content, Image } from '../../support/image.ts';

/** True when it has answered; otherwise the blob is given as it is. */
export type BlobAnswer = (blob: Content, response: ServerResponse, range: string | undefined) => boolean;

export function startHostileRegistry(image: Pick<Image, 'manifest' | 'blobs'>, answer: BlobAnswer): Promise<ScriptedServer> {
  const blobs = new Map(image.blobs.map((blob) => [blob.digest, blob]));
  return startScriptedServer(({ method, url, headers }, response) => {
    const [, kind, reference = ''] = /^\/v2\/a\/(manifests|blobs)\/(.+)$/.exec(url.pathname) ?? [];
    const blob = kind === 'blobs' ? blobs.get(reference) : kind === 'manifests' ? image.manifest : undefined;
    if (url.pathname === '/v2/') return void response.end('{}');
    if (blob === undefined) return void response.writeHead(404).end();
    if (kind === 'blobs' && answer(blob, response, headers.range)) return;
    const headersOf = { 'content-type': blob.mediaType, 'docker-content-digest': blob.digest, 'content-length': blob.bytes.length };
    response.writeHead(200, headersOf).end(method === 'HEAD' ? undefined : blob.bytes);
  });
}

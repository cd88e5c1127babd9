/**
 * A registry client that hides nothing: every method is one or a few plain requests, and hands back
 * the raw response or throws with what the registry said. For black-box tests only.
 */
import type { Bytes, Content, Image } from './image.ts';
import { digestOf } from './image.ts';

export type RawRequest = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Bytes | string | ReadableStream<Uint8Array>;
  readonly signal?: AbortSignal;
};

/** How a blob goes up. `chunked` names its ranges, `streamed` is one PATCH without. */
export type PushManner = 'post' | 'put' | 'streamed' | 'chunked';

export type RegistryClient = {
  readonly url: string;
  /** `path` begins with a slash. Redirects are not followed. */
  request(method: string, path: string, options?: RawRequest): Promise<Response>;
  /** The address of a new upload. */
  startUpload(repository: string, query?: string): Promise<string>;
  pushBlob(repository: string, blob: Content, options?: { manner?: PushManner; chunkBytes?: number }): Promise<void>;
  /** False when the registry wants an upload instead; that upload is cancelled. */
  mountBlob(repository: string, digest: string, from?: string): Promise<boolean>;
  pushManifest(repository: string, manifest: Content, reference?: string): Promise<Response>;
  /** Blobs first, then the manifest. */
  pushImage(repository: string, image: Image, reference?: string): Promise<void>;
  /** Undefined when the registry has none. */
  pullBlob(repository: string, digest: string): Promise<Bytes | undefined>;
  pullManifest(repository: string, reference: string): Promise<Content | undefined>;
  /** False when there was none. */
  deleteManifest(repository: string, reference: string): Promise<boolean>;
  deleteBlob(repository: string, digest: string): Promise<boolean>;
  listTags(repository: string): Promise<string[]>;
};

/** What the registry answered, when it was not what the method promises. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';
  readonly status: number;
  readonly body: string;

  constructor(what: string, status: number, body: string) {
    super(`${what}: ${status} ${body}`);
    this.status = status;
    this.body = body;
  }
}

const manifestTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

const octets = { 'content-type': 'application/octet-stream' };

export function createRegistryClient(url: string): RegistryClient {
  const client: RegistryClient = {
    url,
    request: (method, path, options = {}) => fetch(new URL(path, url), { ...options, method, redirect: 'manual' }),

    async startUpload(repository, query = '') {
      const response = await expectStatus(client.request('POST', `/v2/${repository}/blobs/uploads/${query}`), [202]);
      return locationOf(response);
    },

    async pushBlob(repository, blob, { manner = 'put', chunkBytes = 64 * 1024 } = {}) {
      if (manner === 'post') {
        await expectStatus(client.request('POST', `/v2/${repository}/blobs/uploads/?digest=${blob.digest}`, { headers: octets, body: blob.bytes }), [201]);
        return;
      }
      let location = await client.startUpload(repository);
      if (manner === 'put') {
        await expectStatus(client.request('PUT', withDigest(location, blob.digest), { headers: octets, body: blob.bytes }), [201]);
        return;
      }
      const size = manner === 'streamed' ? Math.max(blob.bytes.length, 1) : chunkBytes;
      for (let offset = 0; offset < blob.bytes.length; offset += size) {
        const chunk = blob.bytes.slice(offset, offset + size);
        const range = manner === 'chunked' ? { 'content-range': `${offset}-${offset + chunk.length - 1}` } : undefined;
        location = locationOf(await expectStatus(client.request('PATCH', location, { headers: { ...octets, ...range }, body: chunk }), [202]));
      }
      await expectStatus(client.request('PUT', withDigest(location, blob.digest)), [201]);
    },

    async mountBlob(repository, digest, from) {
      const source = from === undefined ? '' : `&from=${encodeURIComponent(from)}`;
      const response = await expectStatus(client.request('POST', `/v2/${repository}/blobs/uploads/?mount=${digest}${source}`), [201, 202]);
      if (response.status === 201) return true;
      await expectStatus(client.request('DELETE', locationOf(response)), [204]);
      return false;
    },

    pushManifest: (repository, manifest, reference = manifest.digest) =>
      expectStatus(
        client.request('PUT', `/v2/${repository}/manifests/${reference}`, { headers: { 'content-type': manifest.mediaType }, body: manifest.bytes }),
        [201],
      ),

    async pushImage(repository, image, reference) {
      for (const blob of image.blobs) await client.pushBlob(repository, blob);
      await client.pushManifest(repository, image.manifest, reference);
    },

    async pullBlob(repository, digest) {
      const response = await expectStatus(client.request('GET', `/v2/${repository}/blobs/${digest}`), [200, 404]);
      return response.status === 404 ? undefined : new Uint8Array(await response.arrayBuffer());
    },

    async pullManifest(repository, reference) {
      const response = await expectStatus(
        client.request('GET', `/v2/${repository}/manifests/${reference}`, { headers: { accept: manifestTypes } }),
        [200, 404],
      );
      if (response.status === 404) return undefined;
      const bytes = new Uint8Array(await response.arrayBuffer());
      return { bytes, digest: digestOf(bytes), mediaType: response.headers.get('content-type') ?? '' };
    },

    async deleteManifest(repository, reference) {
      return (await expectStatus(client.request('DELETE', `/v2/${repository}/manifests/${reference}`), [202, 404])).status === 202;
    },

    async deleteBlob(repository, digest) {
      return (await expectStatus(client.request('DELETE', `/v2/${repository}/blobs/${digest}`), [202, 404])).status === 202;
    },

    async listTags(repository) {
      const response = await expectStatus(client.request('GET', `/v2/${repository}/tags/list`), [200]);
      const { tags } = (await response.json()) as { tags: string[] };
      return tags;
    },
  };
  return client;

  async function expectStatus(answering: Promise<Response>, wanted: readonly number[]): Promise<Response> {
    const response = await answering;
    if (wanted.includes(response.status)) return response;
    throw new UnexpectedAnswer(`wanted ${wanted.join(' or ')}`, response.status, await response.text());
  }

  /** Path and query of the Location header, which may be relative. */
  function locationOf(response: Response): string {
    const location = response.headers.get('location');
    if (location === null) throw new UnexpectedAnswer('no Location header', response.status, '');
    const { pathname, search } = new URL(location, url);
    return pathname + search;
  }
}

function withDigest(location: string, digest: string): string {
  return `${location}${location.includes('?') ? '&' : '?'}digest=${encodeURIComponent(digest)}`;
}

/**
 * What the tests do again and again in a repository, in the specification's words. Each step throws
 * unless it is answered as the specification says, so that a test's own expectations are only about its subject.
 */
import { randomBytes } from 'node:crypto';
import type { Algorithm, Content, Image, Index } from './content.ts';
import { type Answer, exchange, type Request } from './exchange.ts';

export type Repository = {
  readonly host: string;
  readonly name: string;
  /** Below `/v2/<name>`. */
  send(method: string, path: string, request?: Request): Promise<Answer>;
  /** To an address that the registry gave in `Location`. */
  sendTo(method: string, location: string, request?: Request): Promise<Answer>;
  /** end-4a; returns the upload's address. */
  startUpload(query?: string): Promise<string>;
  pushBlob(content: { readonly bytes: Uint8Array; readonly digest: string }): Promise<void>;
  putManifest(content: Content, reference?: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Blobs and children first, then the manifest: by digest, or under the tag. */
  push(image: Image | Index, tag?: string): Promise<Answer>;
  listTags(query?: string): Promise<unknown>;
};

/** A repository of the test's own. */
export function newRepository(host: string, prefix = 'spec'): Repository {
  return repositoryAt(host, `${prefix}/${randomBytes(6).toString('hex')}`);
}

export function repositoryAt(host: string, name: string): Repository {
  const repository: Repository = {
    host,
    name,
    send: (method, path, request) => exchange(host, method, `/v2/${name}${path}`, request),
    sendTo: (method, location, request) => exchange(host, method, pathOf(location), request),

    async startUpload(query = '') {
      const { headers } = expectStatus(202, await repository.send('POST', `/blobs/uploads/${query}`));
      return headers['location'] ?? '';
    },

    async pushBlob({ bytes, digest }) {
      const location = await repository.startUpload(digest.startsWith('sha256:') ? '' : `?digest-algorithm=${algorithmOf(digest)}`);
      expectStatus(201, await repository.sendTo('PUT', withQuery(location, { digest }), { body: bytes }));
    },

    putManifest: ({ mediaType, bytes, digest }, reference = digest, headers = {}) =>
      repository.send('PUT', `/manifests/${reference}`, { headers: { 'content-type': mediaType, ...headers }, body: bytes }),

    async push(image, tag) {
      if ('blobs' in image) for (const blob of image.blobs) await repository.pushBlob(blob);
      else for (const child of image.children) await repository.push(child);
      return expectStatus(201, await repository.putManifest(image, tag));
    },

    async listTags(query = '') {
      return jsonOf(expectStatus(200, await repository.send('GET', `/tags/list${query}`)));
    },
  };
  return repository;
}

export function algorithmOf(digest: string): Algorithm {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256';
}

/** Clients extend the address they were given, which may have a query already. */
export function withQuery(location: string, query: Readonly<Record<string, string>>): string {
  return `${location}${location.includes('?') ? '&' : '?'}${new URLSearchParams(query)}`;
}

export function expectStatus(status: number, answer: Answer): Answer {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${textOf(answer)}`);
  return answer;
}

export function textOf({ body }: Answer): string {
  return new TextDecoder().decode(body);
}

export function jsonOf(answer: Answer): unknown {
  return JSON.parse(textOf(answer));
}

/** The error as a client reads it: status, first code, first message. */
export function errorOf(answer: Answer): { readonly status: number; readonly code: string | undefined; readonly message: string | undefined } {
  const { errors } = jsonOf(answer) as { errors: { code: string; message: string }[] };
  if (answer.headers['content-type'] !== 'application/json') throw new Error(`errors are application/json, not ${answer.headers['content-type']}`);
  return { status: answer.status, code: errors[0]?.code, message: errors[0]?.message };
}

function pathOf(location: string): string {
  return location.startsWith('/') ? location : location.slice(location.indexOf('/', location.indexOf('://') + 3));
}

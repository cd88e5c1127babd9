/** What a route answers, before it becomes the server's own object. */
import type { ByteSource } from '../blobstore/port.ts';

export type Headers = Readonly<Record<string, string>>;

export type Reply = {
  readonly status: number;
  readonly headers: Headers;
  readonly body?: string | Uint8Array | ByteSource | LiveBody;
  /** The name of the endpoint that answered, for metrics and the log. */
  readonly route?: string;
};

/** Sent as it is made, without a length, until it ends or the client goes. */
export type LiveBody = { readonly kind: 'live'; readonly stream: ReadableStream<Uint8Array> };

export function reply(status: number, headers: Headers = {}, body?: Reply['body']): Reply {
  return body === undefined ? { status, headers } : { status, headers, body };
}

export function jsonReply(status: number, value: unknown, headers: Headers = {}): Reply {
  return reply(status, { 'content-type': 'application/json', ...headers }, JSON.stringify(value));
}

/** The answer to HEAD: all of GET's headers, the body's length among them, and no body. */
export function withoutBody({ body, ...answer }: Reply): Reply {
  if (body === undefined || isLive(body)) return answer;
  return { ...answer, headers: { 'content-length': String(bodyLength(body)), ...answer.headers } };
}

function isLive(body: NonNullable<Reply['body']>): body is LiveBody {
  return typeof body === 'object' && 'kind' in body && body.kind === 'live';
}

export function bodyLength(body: NonNullable<Reply['body']>): number {
  if (typeof body === 'string') return Buffer.byteLength(body);
  if (body instanceof Uint8Array) return body.length;
  return body.kind === 'redirect' || body.kind === 'live' ? 0 : body.range.length;
}

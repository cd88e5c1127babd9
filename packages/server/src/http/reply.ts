/** What a route answers, before it becomes the server's own object. */
import type { ByteSource } from '../blobstore/port.ts';

export type Headers = Readonly<Record<string, string>>;

export type Reply = {
  readonly status: number;
  readonly headers: Headers;
  readonly body?: string | Uint8Array | ByteSource;
  /** The name of the endpoint that answered, for metrics and the log. */
  readonly route?: string;
};

export function reply(status: number, headers: Headers = {}, body?: Reply['body']): Reply {
  return body === undefined ? { status, headers } : { status, headers, body };
}

export function jsonReply(status: number, value: unknown, headers: Headers = {}): Reply {
  return reply(status, { 'content-type': 'application/json', ...headers }, JSON.stringify(value));
}

/** The answer to HEAD: all of GET's headers, the body's length among them, and no body. */
export function withoutBody({ body, ...answer }: Reply): Reply {
  return body === undefined ? answer : { ...answer, headers: { 'content-length': String(bodyLength(body)), ...answer.headers } };
}

export function bodyLength(body: NonNullable<Reply['body']>): number {
  if (typeof body === 'string') return Buffer.byteLength(body);
  if (body instanceof Uint8Array) return body.length;
  return body.kind === 'redirect' ? 0 : body.range.length;
}

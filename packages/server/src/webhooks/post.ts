/**
 * One POST to a receiver, which is a stranger: it may hang, send without end, close early or redirect
 * to where this server must not go. Only `timeoutMs` and the first bytes of an answer are given to it;
 * redirects are not followed.
 */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { ReceiverAddress } from './receiver-address.ts';

export type Post = {
  readonly url: URL;
  /** What its name was resolved to: connected to as they are. */
  readonly addresses: readonly ReceiverAddress[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type PostAnswer = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string };

/** What of an answer's body is read: for the log. Then the connection is closed. */
const answerMaxBytes = 2048;
const headersMaxLength = 2048;

/** Throws what went wrong on the way, and the signal's reason. */
export function post({ url, addresses, headers, body }: Post, signal: AbortSignal): Promise<PostAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<PostAnswer>();
  const lookup: LookupFunction = (_, { all }, found) => {
    const [first] = addresses;
    if (all === true) found(null, [...addresses]);
    else found(null, first?.address ?? '', first?.family);
  };
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  // A connection of its own: one that is kept was made to what the name meant before.
  const sending = send(url, { method: 'POST', headers: { ...headers, connection: 'close' }, lookup, agent: false, signal }, (answer) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    let isDone = false;
    const done = (): void => {
      if (isDone) return;
      isDone = true;
      const text = Buffer.concat(chunks).subarray(0, answerMaxBytes).toString();
      resolve({ status: answer.statusCode ?? 0, headers: shorten(answer.headers), body: text });
      answer.destroy();
    };
    answer.on('data', (chunk: Uint8Array) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= answerMaxBytes) done();
    });
    answer.on('end', done);
    answer.on('error', reject);
    answer.on('close', () => reject(new Error('the connection was closed before the answer was complete')));
  });
  sending.on('error', (error) => reject(signal.aborted ? signal.reason : error));
  sending.end(body);
  return promise;
}

function shorten(headers: Readonly<Record<string, string | readonly string[] | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  let length = 0;
  for (const [name, value] of Object.entries(headers)) {
    const text = String(value);
    length += name.length + text.length;
    if (length > headersMaxLength) break;
    kept[name] = text;
  }
  return kept;
}

/**
 * One HTTP exchange, and nothing more: no redirect is followed, nothing is decompressed, nothing is
 * tried twice. The rules of this folder stand on it, so that they can be tried over any transport.
 */
export type TransportRequest = {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** A stream needs a Content-Length or goes in chunks. */
  readonly body?: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
  /** How long the other side may stay silent before its headers, counted from the last byte we sent. */
  readonly silenceMs: number;
  readonly signal?: AbortSignal;
};

export type TransportResponse = {
  readonly status: number;
  readonly headers: Headers;
  /** Must be read to its end or cancelled: until then it holds the connection. */
  readonly body: ReadableStream<Uint8Array>;
};

export interface Transport {
  /** Throws RemoteError of the kinds `unreachable`, `network`, `tls` and `not-tls`, and the signal's own reason. */
  send(request: TransportRequest): Promise<TransportResponse>;
}

/** A request as the routes see it: the web's words, without the server's objects. */
export type HttpRequest = {
  readonly id: string;
  readonly method: string;
  /** Percent-decoded, dot segments resolved; begins with a slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  header(name: string): string | undefined;
  /** Bytes, as declared; absent for a body that is streamed without a length. */
  readonly contentLength: number | undefined;
  /** Can be read once, and a chunk is gone when the next one is asked for. Throws BODY_ABORTED when the client goes away before its end. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Who asks: the connection's other end, or whom a trusted proxy names. */
  readonly remoteAddress: string;
  /** As the client saw them. The host has its port unless it is the scheme's own; empty when the client sent none that is one. */
  readonly scheme: 'http' | 'https';
  readonly host: string;
  /** `http.publicUrl`, where it is set. */
  readonly publicUrl?: string;
  /** Verified against `tls.clientCa`; absent when none was shown. */
  readonly clientCertificate?: ClientCertificate;
};

export type ClientCertificate = {
  /** `CN=alice, O=team` */
  readonly subject: string;
  readonly commonName: string | undefined;
  /** `DNS:build.example.com, email:alice@example.com`, as OpenSSL writes it. */
  readonly subjectAltName: string | undefined;
  readonly issuer: string;
  /** SHA-256 of the certificate, hexadecimal pairs with colons. */
  readonly fingerprint: string;
};

/** Where the client reached us, to put before a path: the operator's word for it, else the client's own. */
export function baseUrl({ scheme, host, publicUrl }: Pick<HttpRequest, 'scheme' | 'host' | 'publicUrl'>): string {
  return publicUrl ?? `${scheme}://${host === '' ? 'localhost' : host}`;
}

/** Reads a small body. Undefined when it is longer than `maxBytes`: then not all of it was read. */
export async function readBody(request: HttpRequest, maxBytes: number): Promise<Uint8Array | undefined> {
  if (request.contentLength !== undefined && request.contentLength > maxBytes) return undefined;
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of request.body) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) return undefined;
    chunks.push(chunk.slice());
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

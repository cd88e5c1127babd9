/** What the runtime says about a connection, in the words of Go's clients. */
import { lookup } from 'node:dns/promises';
import { printableUrl, RemoteError, type RemoteErrorKind } from '../remote/remote-error.ts';
import type { TransportRequest } from '../remote/transport.ts';

/** `address`: whom it was tried with, as `dialledAddress` finds it. */
export function connectionError(error: unknown, { method, url }: TransportRequest, address = url.host): unknown {
  if (error instanceof RemoteError || !(error instanceof Error)) return error;
  const known = explain(codeOf(error), url, address);
  // What is not of the connection is the error of the body that was being sent.
  if (known === undefined) return error;
  const verb = method[0] + method.slice(1).toLowerCase();
  return new RemoteError(known.kind, `${verb} "${printableUrl(url)}": ${known.text}`, { retryable: known.retryable ?? false, cause: error });
}

/** Go's clients name the address, which tells more than the name: is it another one than was meant? */
export async function dialledAddress({ hostname, protocol, port, host }: URL): Promise<string> {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  const [first] = (await lookup(bare, { all: true }).catch(() => [])).toSorted((one, other) => one.family - other.family);
  if (first === undefined) return host;
  return `${first.family === 6 ? `[${first.address}]` : first.address}:${port || (protocol === 'https:' ? '443' : '80')}`;
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function explain(code: string, url: URL, address: string): { kind: RemoteErrorKind; text: string; retryable?: boolean } | undefined {
  switch (code) {
    case 'ECONNREFUSED':
    case 'ConnectionRefused':
      return { kind: 'unreachable', text: `dial tcp ${address}: connect: connection refused`, retryable: true };
    case 'ENOTFOUND':
      return { kind: 'unreachable', text: `dial tcp: lookup ${url.hostname}: no such host` };
    case 'EAI_AGAIN':
      return { kind: 'unreachable', text: `dial tcp: lookup ${url.hostname}: server misbehaving`, retryable: true };
    case 'ECONNRESET':
    case 'ConnectionClosed':
    case 'EPIPE':
      return { kind: 'network', text: 'the connection was closed unexpectedly', retryable: true };
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENETDOWN':
    case 'ECONNABORTED':
      return { kind: 'unreachable', text: `dial tcp ${address}: ${code}`, retryable: true };
    case 'EPROTO':
      return { kind: 'not-tls', text: 'tls: handshake failure' };
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return { kind: 'tls', text: 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid' };
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return { kind: 'tls', text: `tls: failed to verify certificate: x509: certificate is not valid for ${url.hostname}` };
    case 'ResponseHeadersTooLarge':
      return { kind: 'broken-answer', text: 'the headers of the answer are too long' };
    case 'Malformed_HTTP_Response':
      return { kind: 'broken-answer', text: 'malformed HTTP response' };
    default:
      if (/CERT|VERIFY|ISSUER/.test(code)) return { kind: 'tls', text: 'tls: failed to verify certificate: x509: certificate signed by unknown authority' };
      return /^ERR_SSL|TLS/.test(code) ? { kind: 'not-tls', text: `tls: ${code}` } : undefined;
  }
}

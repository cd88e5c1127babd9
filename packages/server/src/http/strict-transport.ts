/**
 * Strict-Transport-Security (RFC 6797): browsers that came once over HTTPS never come over HTTP again.
 *
 * It counts for every port of a host, so it is only said where the operator gave the whole name to
 * this server: a public address with https and no port. Not with a certificate of our own either,
 * where it would take the way past the browser's warning from who has yet to trust the authority.
 */
import type { Router } from './server.ts';

export type StrictTransportSettings = { readonly http: { readonly publicUrl: string | undefined }; readonly tls: { readonly mode: string } };

const strict = { 'strict-transport-security': 'max-age=31536000' };

export function strictTransport({ http, tls }: StrictTransportSettings, router: Router): Router {
  if (http.publicUrl === undefined || !/^https:\/\/[^:]+$/.test(http.publicUrl) || tls.mode === 'self-signed') return router;
  return async (request) => {
    const answer = await router(request);
    return request.scheme === 'https' ? { ...answer, headers: { ...strict, ...answer.headers } } : answer;
  };
}

/** The one place where an error becomes an answer. */
import { errorBody } from '@naru/oci/error-body';
import { RegistryError } from '@naru/oci/registry-error';
import type { Log } from '../runtime/log.ts';
import { type Headers, jsonReply, type Reply } from './reply.ts';

/** Seconds after which a client may try again what failed for want of room or time. */
const retryAfterSeconds = '5';

export function errorReply(error: RegistryError, headers: Headers = {}): Reply {
  const { status, retryable } = error.entry;
  const known = (error.detail as { readonly retryAfterSeconds?: unknown } | undefined)?.retryAfterSeconds; // a detail is whatever its error says
  return jsonReply(status, errorBody(error), {
    ...(retryable && status !== 400 && status !== 409 && { 'retry-after': typeof known === 'number' ? String(known) : retryAfterSeconds }),
    ...headers,
  });
}

/** Whatever a route threw. Defects are logged here, once, and tell the client nothing but the request's id. */
export function replyToThrown(thrown: unknown, requestId: string, log: Log): Reply {
  if (thrown instanceof RegistryError && thrown.code !== 'INTERNAL') {
    if (thrown.entry.status >= 500)
      log.error(thrown.message, { requestId, code: thrown.code, cause: thrown.cause instanceof Error ? thrown.cause.message : undefined });
    return errorReply(thrown);
  }
  log.error('request failed', { requestId, error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) });
  return errorReply(new RegistryError('INTERNAL', { message: 'internal error', detail: { requestId } }));
}

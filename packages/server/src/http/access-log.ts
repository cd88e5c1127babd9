/** One line for each answer, and its numbers. */
import { stopwatch } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { bodyLength } from './reply.ts';
import type { Observer } from './server.ts';

/** A stranger's words, in a label or a line: few of them, or short (I6). */
const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const loggedTextMax = 512;

/** A webhook's receiver answers at an address whose last part lets whoever has it answer. */
function withoutKeys(path: string): string {
  return path.replace(/^(\/api\/v1\/webhook-callbacks\/[^/]*\/[^/]*)\/.*/s, '$1/…');
}

export function observeRequests({ log, metrics }: { log: Log | undefined; metrics: Metrics }): Observer {
  return (request, { status, body, route = 'other' }, startedAt) => {
    const tookMs = stopwatch() - startedAt;
    const sentBytes = body === undefined || request.method === 'HEAD' ? 0 : bodyLength(body);
    metrics.recordRequest({
      route,
      method: knownMethods.has(request.method) ? request.method : 'other',
      status,
      seconds: tookMs / 1000,
      receivedBytes: request.contentLength ?? 0,
      sentBytes,
    });
    log?.info('request', {
      requestId: request.id,
      method: request.method,
      path: withoutKeys(request.path).slice(0, loggedTextMax),
      route,
      status,
      ms: Math.round(tookMs * 1000) / 1000,
      sentBytes,
      remoteAddress: request.remoteAddress,
      userAgent: request.header('user-agent')?.slice(0, loggedTextMax),
    });
  };
}

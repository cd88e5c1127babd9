/** Everything beside the API: health, metrics, and a page for whoever opens the address in a browser. */
import { RegistryError } from '@naru/oci/registry-error';
import type { Metrics } from '../runtime/metrics.ts';
import { errorReply } from './errors.ts';
import { type Reply, reply } from './reply.ts';
import type { HttpRequest } from './request.ts';

export type Health = {
  /** Throws when the server could not serve a pull now. */
  check(): Promise<void>;
};

const text = { 'content-type': 'text/plain; charset=utf-8' };

export async function answerPlain(request: HttpRequest, { health, metrics }: { health: Health; metrics: Metrics }): Promise<Reply> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return errorReply(new RegistryError('UNSUPPORTED'), { allow: 'GET, HEAD' });
  switch (request.path) {
    case '/':
      return reply(200, text, welcome(request.header('host') ?? 'localhost:5000'));
    case '/healthz':
      return reply(200, text, 'ok\n');
    case '/readyz':
      return readiness(health);
    case '/metrics':
      return reply(200, { 'content-type': metrics.contentType }, await metrics.render());
    default:
      return errorReply(new RegistryError('NOT_FOUND'));
  }
}

async function readiness(health: Health): Promise<Reply> {
  try {
    await health.check();
    return reply(200, text, 'ready\n');
  } catch (error) {
    return reply(503, text, `not ready: ${error instanceof Error ? error.message : 'unknown'}\n`);
  }
}

/** The host is the caller's own word, and only plain text comes of it. */
function welcome(host: string): string {
  return `This is Naru, a home for container images.

Push a first image:
  docker tag IMAGE ${host}/first:1
  docker push ${host}/first:1
  docker pull ${host}/first:1
`;
}

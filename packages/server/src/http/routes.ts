/** Everything beside the API: health, and a page for whoever opens the address in a browser. */
import { RegistryError } from '@naru/oci/registry-error';
import { errorReply } from './errors.ts';
import { type Reply, reply } from './reply.ts';
import type { HttpRequest } from './request.ts';

export type Health = {
  /** Throws when the server could not serve a pull now. */
  check(): Promise<void>;
};

export type PlainParts = {
  readonly health: Health;
  /** PEM of the authority that clients must be told to trust, when it is one of our own. */
  readonly ca?: string | undefined;
};

const text = { 'content-type': 'text/plain; charset=utf-8' };

export async function answerPlain(request: HttpRequest, { health, ca }: PlainParts): Promise<Reply> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return errorReply(new RegistryError('UNSUPPORTED'), { allow: 'GET, HEAD' });
  switch (request.path) {
    case '/':
      return reply(200, text, welcome(request.host === '' ? 'localhost:5000' : request.host));
    case '/healthz':
      return reply(200, text, 'ok\n');
    case '/ca.crt':
      return ca === undefined ? errorReply(new RegistryError('NOT_FOUND')) : reply(200, { 'content-type': 'application/x-pem-file' }, ca);
    case '/readyz':
      return readiness(health);
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

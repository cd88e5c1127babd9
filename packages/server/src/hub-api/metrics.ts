/**
 * Who reads `/metrics`. Where there are accounts they say how much is pulled and pushed, and how the
 * server fares: that is for the networks that the operator names, and for administrators.
 */
import { isRegistryError, RegistryError } from '@naru/oci/registry-error';
import type { Profile } from '../access/policy.ts';
import { errorReply, replyToThrown } from '../http/errors.ts';
import { type Reply, reply } from '../http/reply.ts';
import type { HttpRequest } from '../http/request.ts';
import type { Callers } from '../identity/callers.ts';
import { parseNetwork } from '../network/network.ts';
import type { Log } from '../runtime/log.ts';

export const metricsPath = '/metrics';

export type MetricsParts = {
  readonly metrics: { readonly contentType: string; render(): Promise<string> };
  readonly identify: Callers['identifyBrowser'];
  readonly profile: Profile;
  readonly networks: readonly string[];
  /** Whether the address of a request is that of the client, also behind a proxy. */
  readonly knowsProxies: boolean;
  readonly log: Log;
};

export function createMetricsReader({ metrics, identify, profile, networks, knowsProxies, log }: MetricsParts) {
  const open = networks.map(parseNetwork).filter((network) => network !== undefined);

  return async (request: HttpRequest): Promise<Reply> => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return errorReply(new RegistryError('UNSUPPORTED'), { allow: 'GET, HEAD' });
    try {
      if (profile !== 'local' && !isFromThere(request)) await requireAdministrator(request);
      return { ...reply(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' }, await metrics.render()), route: 'metrics' };
    } catch (error) {
      // A browser asks for name and password, and so does curl's user.
      if (isRegistryError(error) && error.entry.status === 401) return { ...errorReply(error, { 'www-authenticate': 'Basic realm="naru"' }), route: 'metrics' };
      return { ...replyToThrown(error, request.id, log), route: 'metrics' };
    }
  };

  /** A proxy beside this server has its address, and speaks for everybody: unless it is known, what it passes on is from elsewhere. */
  function isFromThere({ remoteAddress, header }: HttpRequest): boolean {
    const isPassedOn = !knowsProxies && ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some((name) => header(name) !== undefined);
    return !isPassedOn && open.some((network) => network.contains(remoteAddress));
  }

  /** Throws UNAUTHORIZED, DENIED. */
  async function requireAdministrator(request: HttpRequest): Promise<void> {
    const caller = await identify(request);
    if (caller.principal.kind === 'anonymous') throw new RegistryError('UNAUTHORIZED');
    if (!(await caller.mayInNamespace('manage', ''))) throw new RegistryError('DENIED');
  }
}

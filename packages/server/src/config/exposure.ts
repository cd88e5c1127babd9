/**
 * May the server listen where other computers reach it? Two rules, each its own: who has no log-in
 * keeps to this computer, and passwords travel only under TLS, unless the operator says that a proxy
 * ends it or takes the risk.
 */
import type { Config } from './config.ts';
import { isLoopback } from '../network/loopback.ts';

export type Exposure = Pick<Config, 'host' | 'plainHttp'> & {
  readonly profile: string;
  readonly tls: Pick<Config['tls'], 'mode' | 'cert'>;
  readonly http: Pick<Config['http'], 'trustedProxies'>;
};

/** Undefined when there is none. */
export function exposureProblem(exposure: Exposure): string | undefined {
  if (isLoopback(exposure.host)) return undefined;
  return exposure.profile === 'local' ? noLogIn(exposure.host) : transportProblem(exposure);
}

/** The second rule alone, for an address that is not loopback. */
export function transportProblem({ host, plainHttp, tls, http }: Omit<Exposure, 'profile'>): string | undefined {
  if (speaksTls({ tls }) || plainHttp === 'accept-risk' || http.trustedProxies.length > 0) return undefined;
  return (
    `"${host}" would send passwords over the network for everybody on the way to read. Use TLS (--tls-cert FILE --tls-key FILE, or --tls self-signed), ` +
    'name the proxy that ends TLS (--http-trusted-proxies ADDRESS), or take the risk (--plain-http accept-risk)'
  );
}

export function speaksTls({ tls }: Pick<Exposure, 'tls'>): boolean {
  return tls.mode === 'self-signed' || (tls.mode === 'auto' && tls.cert !== undefined);
}

function noLogIn(host: string): string {
  return (
    `"${host}" would let other computers in, and profile local has no log-in to tell them apart: ` +
    'choose --profile private or hub, or keep 127.0.0.1, ::1 or localhost, and reach it from elsewhere with "ssh -N -L 5000:127.0.0.1:5000 USER@THIS-COMPUTER"'
  );
}

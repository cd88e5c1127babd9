/**
 * Without a log-in whoever reaches the server may do everything, and a browser on this computer
 * reaches it for any page in the world: by a form, or a fetch that needs nobody's leave (CSRF), or
 * under a name of the attacker's own that is pointed at 127.0.0.1 once the page is loaded (DNS
 * rebinding).
 *
 * Clients of registries are no browsers, and a browser cannot hide that it is one: each of its
 * requests has Accept-Language, and each that could change anything has Origin. What bears neither
 * mark is served under any name. What does is served under names that no stranger can own, and
 * changes nothing unless it comes from a page of this server.
 *
 * Asking for known Host names from everybody was the other choice: it would refuse clients that
 * reach the server by a name in /etc/hosts or through a proxy.
 */
import { isIPv4 } from 'node:net';
import { RegistryError } from '@naru/oci/registry-error';
import type { HttpRequest } from './request.ts';

/** Throws DENIED for what a page of somebody else's asks of this server, in the browser of whoever looks at it. */
export function refuseForeignPage({ method, header }: Pick<HttpRequest, 'method' | 'header'>, { hasAccounts = false } = {}): void {
  const origin = header('origin');
  const site = header('sec-fetch-site');
  if (origin === undefined && site === undefined && header('accept-language') === undefined) return;
  const host = header('host')?.toLowerCase() ?? '';
  // Where one must log in, a stranger's name for this server brings no cookie of ours along.
  if (!hasAccounts && !isOfNoStranger(host)) {
    throw new RegistryError('DENIED', {
      message: 'this registry has no log-in, so it serves browsers under the names of this computer only, such as localhost',
    });
  }
  // Browsers do not let another site's page read the answer: looking is harmless, and a link may lead here.
  if (method === 'GET' || method === 'HEAD') return;
  const isForeign = origin !== undefined && origin.toLowerCase().replace(/^https?:\/\//, '') !== host;
  if (isForeign || (site !== undefined && site !== 'same-origin' && site !== 'none')) {
    const why = hasAccounts ? '' : 'this registry has no log-in, so ';
    throw new RegistryError('DENIED', { message: `${why}pages of other sites may change nothing in it` });
  }
}

/** Top-level domains that the public DNS never has (RFC 6761, and ICANN's resolution on `internal`). */
const reservedEnding = /\.(?:localhost|internal|test)$/;

/** An address cannot be pointed elsewhere, and a name without a dot is nobody's in the public DNS. */
function isOfNoStranger(host: string): boolean {
  if (/^\[[0-9a-f:.]+\](?::\d+)?$/.test(host)) return true;
  const name = host.replace(/:\d+$/, '').replace(/\.$/, '');
  return name !== '' && (isIPv4(name) || !name.includes('.') || reservedEnding.test(name));
}

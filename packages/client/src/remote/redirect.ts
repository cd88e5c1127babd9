/**
 * Where an answer sends us on. Content may lie anywhere (object stores, mirrors), so other hosts are
 * followed, but without credentials: whoever asks compares origins. From TLS down to plain HTTP only
 * where plain HTTP was allowed for that host.
 */
import { RemoteError, printable, printableUrl } from './remote-error.ts';

export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

export type RedirectRules = { isPlainHttpAllowed(host: string): Promise<boolean> };

/** Throws RemoteError `broken-answer` and `plain-http`. */
export async function followRedirect(from: URL, location: string | null, rules: RedirectRules): Promise<URL> {
  const target = resolveLocation(from, location);
  if (from.protocol === 'https:' && target.protocol === 'http:' && !(await rules.isPlainHttpAllowed(target.host))) {
    throw new RemoteError('plain-http', `${printableUrl(from)} redirects to plain HTTP at ${target.host}: refused`);
  }
  return target;
}

/** The address of a `Location` header: absolute or relative, http or https, without a user in it. */
export function resolveLocation(from: URL, location: string | null): URL {
  if (location === null) throw new RemoteError('broken-answer', `${printableUrl(from)} answered without a Location`);
  let target: URL;
  try {
    target = new URL(location, from);
  } catch {
    throw new RemoteError('broken-answer', `${printableUrl(from)} answered with a Location that cannot be read: ${printable(location.slice(0, 256))}`);
  }
  if (target.protocol !== 'http:' && target.protocol !== 'https:') {
    throw new RemoteError('broken-answer', `${printableUrl(from)} sends us to ${target.protocol}, which is no registry`);
  }
  target.username = '';
  target.password = '';
  target.hash = '';
  return target;
}

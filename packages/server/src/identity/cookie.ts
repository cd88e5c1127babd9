/** Cookies (RFC 6265): read one, and set one that scripts cannot read and that never leaves TLS once it came by it. */

export type CookieRequest = { header(name: string): string | undefined; readonly scheme?: string };

export type CookieOptions = { readonly path: string; readonly maxAgeSeconds: number; readonly sameSite: 'Lax' | 'Strict' };

export function formatCookie(name: string, value: string, { path, maxAgeSeconds, sameSite }: CookieOptions, request: CookieRequest): string {
  return `${name}=${value}; Path=${path}; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=${sameSite}${request.scheme === 'https' ? '; Secure' : ''}`;
}

/** The first of this name whose value is made as `shape` says. */
export function readCookie(header: string | undefined, name: string, shape: RegExp): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const equals = part.indexOf('=');
    const value = part.slice(equals + 1).trim();
    if (part.slice(0, equals).trim() === name && shape.test(value)) return value;
  }
  return undefined;
}

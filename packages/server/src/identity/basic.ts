export type Basic = { readonly name: string; readonly secret: string };

/** RFC 7617. Undefined for another scheme, and for what holds no colon. */
export function parseBasic(authorization: string): Basic | undefined {
  const encoded = /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { name: text.slice(0, colon), secret: text.slice(colon + 1) };
}

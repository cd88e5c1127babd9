/**
 * The Forwarded header of RFC 7239:
 *
 *     Forwarded = element *( "," element )
 *     element   = [ pair ] *( ";" [ pair ] )
 *     pair      = token "=" ( token / quoted-string )
 */

const pair = /\s*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)|"((?:[^"\\]|\\.)*)"))?\s*([;,]|$)/y;

/** Each element's parameters, names in lower case. Undefined when it is not well-formed: then nothing in it is sure. */
export function parseForwarded(value: string): ReadonlyMap<string, string>[] | undefined {
  const elements: Map<string, string>[] = [];
  let element = new Map<string, string>();
  pair.lastIndex = 0;
  for (;;) {
    const match = pair.exec(value);
    if (match === null) return undefined;
    const [, name, token, quoted, end] = match;
    if (name !== undefined) {
      const key = name.toLowerCase();
      if (element.has(key)) return undefined;
      element.set(key, token ?? (quoted ?? '').replace(/\\(.)/g, '$1'));
    }
    if (end === ';') continue;
    elements.push(element);
    element = new Map();
    if (end === '') return elements;
  }
}

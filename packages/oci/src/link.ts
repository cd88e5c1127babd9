/**
 * `Link` (RFC 8288), with which lists name their next page.
 *
 *     Link := [ link ] *( OWS "," OWS [ link ] )        link := "<" URI ">" *( OWS ";" OWS name [ "=" ( token | quoted-string ) ] )
 */
import { readQuotedString, readToken, skipCommas, skipSpace } from './field-syntax.ts';

/** More in one header is an attack or a defect. */
export const linksMax = 64;

export type Link = {
  /** As written: it may be relative to the address that was asked. */
  readonly target: string;
  /** Names in lower case; of a name that stands twice the first counts. */
  readonly parameters: Readonly<Record<string, string>>;
};

export function formatNextLink(url: string): string {
  // A ">" or a control character would end the target early: URLs write them percent-encoded.
  return `<${url.replaceAll(/[\0-\x20<>"\x7f]/g, (character) => encodeURIComponent(character))}>; rel="next"`;
}

export function findNextLink(header: string): string | undefined {
  return parseLinks(header).find(({ parameters }) => parameters['rel']?.toLowerCase().split(/\s+/).includes('next'))?.target;
}

/** Reads as far as the header can be understood: a page's list is good even when its Link is not. */
export function parseLinks(header: string): Link[] {
  const links: Link[] = [];
  let at = skipCommas(header, 0);
  while (header[at] === '<' && links.length < linksMax) {
    const close = header.indexOf('>', at);
    if (close < 0) break;
    const target = header.slice(at + 1, close).trim();
    const { parameters, end } = readParameters(header, close + 1);
    links.push({ target, parameters });
    at = skipSpace(header, end);
    if (header[at] !== ',') break;
    at = skipCommas(header, at);
  }
  return links;
}

function readParameters(text: string, start: number): { parameters: Record<string, string>; end: number } {
  const found = new Map<string, string>();
  let end = start;
  for (let at = skipSpace(text, start); text[at] === ';'; at = skipSpace(text, end)) {
    end = skipSpace(text, at + 1);
    const name = readToken(text, end);
    if (!name) continue;
    end = skipSpace(text, name.end);
    let value = '';
    if (text[end] === '=') {
      const valueStart = skipSpace(text, end + 1);
      const piece = readQuotedString(text, valueStart) ?? readToken(text, valueStart);
      value = piece?.value ?? '';
      end = piece?.end ?? valueStart;
    }
    const key = name.value.toLowerCase();
    if (!found.has(key)) found.set(key, value);
  }
  return { parameters: Object.fromEntries(found), end };
}

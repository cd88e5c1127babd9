/**
 * Entity tags in `ETag`, `If-Match` and `If-None-Match` (RFC 9110 8.8.3, 13.1).
 *
 *     list       := "*" | [ entity-tag ] *( OWS "," OWS [ entity-tag ] )
 *     entity-tag := [ "W/" ] DQUOTE *etagc DQUOTE        etagc := %x21 / %x23-7E / %x80-FF
 *
 * Some registry clients send the bare digest without quotes, and registries take it: so do we.
 */
import { type Piece, skipCommas, skipSpace } from './field-syntax.ts';
import { RegistryError } from './registry-error.ts';

/** More in one header is an attack or a defect. */
export const etagListMax = 256;

/** `If-None-Match` compares weakly; for `If-Match` a weak tag is no match (RFC 9110 8.8.3.2). */
export type EtagComparison = 'weak' | 'strong';

/**
 * The opaque values, without quotes. Compared strongly, weak tags are left out, so the list may be
 * empty: then nothing matches. Throws PRECONDITION_FAILED for what cannot be read, because going on
 * could lose a write.
 */
export function parseEtagList(header: string, comparison: EtagComparison = 'weak'): '*' | readonly string[] {
  if (header.trim() === '*') return '*';
  const values: string[] = [];
  let at = skipCommas(header, 0);
  for (let tags = 1; at < header.length; tags++) {
    const weak = header.startsWith('W/"', at);
    const tag = readQuotedTag(header, weak ? at + 2 : at) ?? readBareTag(header, at);
    if (!tag || tags > etagListMax) throw unreadable(header);
    if (!weak || comparison === 'weak') values.push(tag.value);
    const comma = skipSpace(header, tag.end);
    if (comma < header.length && header[comma] !== ',') throw unreadable(header);
    at = skipCommas(header, comma);
  }
  return values;
}

export function formatEtag(value: string): string {
  return `"${value}"`;
}

// Not a quoted-string: a backslash in a tag is a backslash.
const quotedTag = /"([\x21\x23-\x7e\x80-\uffff]*)"/y;
const bareTag = /[\x21\x23-\x2b\x2d-\x7e]+/y;

function readQuotedTag(text: string, start: number): Piece | undefined {
  quotedTag.lastIndex = start;
  const value = quotedTag.exec(text)?.[1];
  return value === undefined ? undefined : { value, end: quotedTag.lastIndex };
}

function readBareTag(text: string, start: number): Piece | undefined {
  bareTag.lastIndex = start;
  const value = bareTag.exec(text)?.[0];
  return value === undefined || value === '*' ? undefined : { value, end: bareTag.lastIndex };
}

function unreadable(header: string): RegistryError {
  return new RegistryError('PRECONDITION_FAILED', { message: 'the list of entity tags cannot be read', detail: { header: header.slice(0, 256), etagListMax } });
}

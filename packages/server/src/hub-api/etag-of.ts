import { formatEtag } from '@naru/oci/etag';
import { hashBytes } from '../runtime/hash-bytes.ts';

/** The ETag of an answer, made of its text. */
export function etagOf(body: string): string {
  return formatEtag(hashText(body));
}

export function hashText(text: string): string {
  return hashBytes('sha256', Buffer.from(text)).slice('sha256:'.length, -32);
}

import { formatEtag } from '@naru/oci/etag';
import { hashBytes } from '../runtime/hash-bytes.ts';

/** The ETag of an answer, made of its text. */
export function etagOf(body: string): string {
  return formatEtag(hashBytes('sha256', Buffer.from(body)).slice('sha256:'.length, -32));
}

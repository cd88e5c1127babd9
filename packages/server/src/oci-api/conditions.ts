/** Conditional requests (RFC 9110 13.1). The entity tag of a manifest or blob is its digest in quotes. */
import type { Digest } from '@naru/oci/digest';
import { parseEtagList } from '@naru/oci/etag';
import type { Precondition } from '../metadata/port.ts';
import type { HttpRequest } from '../http/request.ts';

/** Is the copy that the client names in If-None-Match this very content? A header that cannot be read names none. */
export function matchesEtag(header: string | undefined, digest: Digest): boolean {
  if (header === undefined) return false;
  try {
    const etags = parseEtagList(header);
    return etags === '*' || etags.includes(digest);
  } catch {
    return false;
  }
}

/** Of a PUT. Throws PRECONDITION_FAILED for a header that cannot be read: going on could lose a write. */
export function readPrecondition(request: HttpRequest): Precondition | undefined {
  const ifMatch = request.header('if-match');
  const ifNoneMatch = request.header('if-none-match');
  if (ifMatch === undefined && ifNoneMatch === undefined) return undefined;
  return {
    ...(ifMatch !== undefined && { ifMatch: parseEtagList(ifMatch, 'strong') }),
    ...(ifNoneMatch !== undefined && { ifNoneMatch: parseEtagList(ifNoneMatch) }),
  };
}

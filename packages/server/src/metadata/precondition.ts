/** RFC 9110 13.1.1 and 13.1.2 on the digest that the reference of a request points to now. */
import type { Digest } from '@naru/oci/digest';
import type { Precondition } from './port.ts';

export function isMet({ ifMatch, ifNoneMatch }: Precondition, current: Digest | undefined): boolean {
  return (ifMatch === undefined || matches(ifMatch, current)) && (ifNoneMatch === undefined || !matches(ifNoneMatch, current));
}

function matches(tags: '*' | readonly string[], current: Digest | undefined): boolean {
  return current !== undefined && (tags === '*' || tags.includes(current));
}

/** `n` and `last` of the list endpoints, and the Link to the next page (end-8b, RFC 8288). */
import { formatNextLink } from '@naru/oci/link';
import { RegistryError } from '@naru/oci/registry-error';
import type { Headers } from '../http/reply.ts';
import type { Page } from '../metadata/port.ts';
import type { Call } from './call.ts';

/** Throws PAGE_INVALID. More than the limit is not an error: the client follows the Link. */
export function readPage({ request, limits }: Call): Page<string> {
  const n = request.query.get('n');
  const last = request.query.get('last');
  if (n !== null && !/^\d{1,15}$/.test(n)) throw new RegistryError('PAGE_INVALID', { detail: { n } });
  const limit = n === null ? limits.listPageDefault : Math.min(Number(n), limits.listPageMax);
  return last === null || last === '' ? { limit } : { after: last, limit };
}

/** Asks for one entry more than the page holds, to know whether there is a next page. */
export async function fillPage<Entry extends string>(
  page: Page<string>,
  list: (page: Page<string>) => Promise<Entry[]>,
): Promise<{ entries: Entry[]; more: boolean }> {
  const found = await list(page.limit === 0 ? page : { ...page, limit: page.limit + 1 });
  return { entries: found.slice(0, page.limit), more: page.limit > 0 && found.length > page.limit };
}

export function nextLink(path: string, query: Record<string, string>): Headers {
  return { link: formatNextLink(`${path}?${new URLSearchParams(query)}`) };
}

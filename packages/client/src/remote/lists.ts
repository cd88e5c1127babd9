/** end-8 and the catalog: lists that come in pages, each naming the next in `Link`. */
import { findNextLink } from '@naru/oci/link';
import { isRepositoryName, isTag } from '@naru/oci/repository-name';
import { readJson } from './body.ts';
import { type Connection, primaryEndpoint } from './connection.ts';
import type { EndpointResponse } from './endpoint.ts';
import { remoteLimits } from './limits.ts';
import { RemoteError } from './remote-error.ts';
import type { WithSignal } from './repository.ts';
import type { RepositoryAccess } from './repository-access.ts';
import { catalogScope } from './scope.ts';

export async function* listTags(access: RepositoryAccess, { signal }: WithSignal = {}): AsyncGenerator<string> {
  const pages = followPages(
    'tags/list',
    (target, use) => access.readFromRegistry({ method: 'GET', target, rights: ['pull'], expect: [200], ...(signal && { signal }) }, use),
    'the list of tags',
  );
  for await (const page of pages) yield* namesOf(page, 'tags', isTag, 'the list of tags');
}

/** Registries that hold many people's repositories do not tell. */
export async function* listRepositories(connection: Connection, { signal }: WithSignal = {}): AsyncGenerator<string> {
  const primary = primaryEndpoint(connection);
  const pages = followPages(
    '/v2/_catalog',
    (target, use) => primary.read({ method: 'GET', target, scopes: [catalogScope], expect: [200], ...(signal && { signal }) }, use),
    'the list of repositories',
  );
  for await (const page of pages) yield* namesOf(page, 'repositories', isRepositoryName, 'the list of repositories');
}

type Page = { readonly json: unknown; readonly address: string; readonly next: URL | undefined };

/** The pages' JSON. Throws RemoteError `broken-answer` on a list that leads in a circle or nowhere near an end. */
export async function* followPages(
  first: string,
  read: (target: string | URL, use: (response: EndpointResponse) => Promise<Page>) => Promise<Page>,
  what: string,
): AsyncGenerator {
  const seen = new Set<string>();
  let target: string | URL = first;
  for (let pages = 0; ; pages++) {
    if (pages >= remoteLimits.pages) throw new RemoteError('broken-answer', `${what} has more than ${remoteLimits.pages} pages`);
    const { json, address, next }: Page = await read(target, async (response) => ({
      json: await readJson(response.body, remoteLimits.pageBytes, what),
      address: response.url.pathname + response.url.search,
      next: nextPage(response),
    }));
    seen.add(address);
    yield json;
    if (next === undefined) return;
    if (seen.has(next.pathname + next.search)) throw new RemoteError('broken-answer', `${what} leads in a circle`);
    target = next;
  }
}

/** On the host that was asked, whatever the link says: behind a proxy many a registry does not know its own address. */
function nextPage({ headers, url }: EndpointResponse): URL | undefined {
  const link = findNextLink(headers.get('link') ?? '');
  if (link === undefined) return undefined;
  try {
    const { pathname, search } = new URL(link, url);
    return new URL(pathname + search, url.origin);
  } catch {
    throw new RemoteError('broken-answer', 'the address of the next page cannot be read');
  }
}

function namesOf(json: unknown, field: string, isName: (text: string) => boolean, what: string): string[] {
  const names = typeof json === 'object' && json !== null ? (json as Readonly<Record<string, unknown>>)[field] : undefined; // checked next
  // An empty list is null in Go.
  if (names === null || names === undefined) return [];
  if (!Array.isArray(names) || names.length > remoteLimits.listEntries) throw new RemoteError('broken-answer', `${what} is no list of names`);
  // What could be no name would only be good for tricking a terminal or an address.
  return names.filter((name): name is string => typeof name === 'string' && isName(name));
}

/** Search as Docker's command line does it (`/v1/search`); where a registry has none, by the names in its catalog. */
import { readJson } from './body.ts';
import { type Connection, primaryEndpoint } from './connection.ts';
import { remoteLimits } from './limits.ts';
import { listRepositories } from './lists.ts';
import { isRemoteError, printable, RemoteError } from './remote-error.ts';
import type { WithSignal } from './repository.ts';

export type SearchResult = {
  readonly name: string;
  readonly description: string;
  readonly stars: number;
  readonly isOfficial: boolean;
  readonly isAutomated: boolean;
};

/** Docker's own bound. */
export const searchLimitMax = 100;
const catalogScope = 'registry:catalog:search';

export async function search(connection: Connection, term: string, { limit, signal }: WithSignal & { readonly limit: number }): Promise<SearchResult[]> {
  const query = new URLSearchParams({ q: term, n: String(limit) });
  try {
    const response = await primaryEndpoint(connection).send({
      method: 'GET',
      target: `/v1/search?${query.toString()}`,
      scopes: [catalogScope],
      expect: [200],
      ...(signal && { signal }),
    });
    return readResults(await readJson(response.body, remoteLimits.pageBytes, 'the answer to the search')).slice(0, limit);
  } catch (error) {
    if (!isRemoteError(error, 'not-found', 'refused')) throw error;
    return searchCatalog(connection, term, limit, signal);
  }
}

async function searchCatalog(connection: Connection, term: string, limit: number, signal: AbortSignal | undefined): Promise<SearchResult[]> {
  const found: SearchResult[] = [];
  for await (const name of listRepositories(connection, signal === undefined ? {} : { signal })) {
    if (!name.includes(term.toLowerCase())) continue;
    found.push({ name, description: '', stars: 0, isOfficial: false, isAutomated: false });
    if (found.length === limit) break;
  }
  return found;
}

function readResults(json: unknown): SearchResult[] {
  const results = typeof json === 'object' && json !== null && 'results' in json ? json.results : undefined;
  if (results === null) return [];
  if (!Array.isArray(results)) throw new RemoteError('broken-answer', 'the answer to the search is no list');
  return results.flatMap((value: unknown) => {
    if (typeof value !== 'object' || value === null) return [];
    const { name, description, star_count: stars, is_official: isOfficial, is_automated: isAutomated } = value as Readonly<Record<string, unknown>>; // each is checked next
    if (typeof name !== 'string' || name === '') return [];
    return [
      {
        name: printable(name),
        description: typeof description === 'string' ? printable(description) : '',
        stars: typeof stars === 'number' ? stars : 0,
        isOfficial: isOfficial === true,
        isAutomated: isAutomated === true,
      },
    ];
  });
}

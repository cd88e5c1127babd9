/** Finds the row for a method and a path. */
import type { ApiRoute } from './route.ts';

export const apiPrefix = '/api/v1';

export type Match = { readonly route: ApiRoute; readonly params: Readonly<Record<string, string>> };

/** `allowed`: the methods of rows that have the path, when none has the method too. */
export type FindRoute = (method: string, path: string) => Match | { readonly allowed: readonly string[] };

/** The first row that matches. Each path begins with a word, so only rows that begin with the same are looked at. */
export function routeFinder(routes: readonly ApiRoute[]): FindRoute {
  const rows = routes.map((route) => ({ route, pattern: route.path.split('/').slice(1) }));
  const byWord = Map.groupBy(rows, ({ pattern }) => pattern[0]);
  return (method, path) => {
    const asked = path.slice(apiPrefix.length).split('/').slice(1);
    const allowed: string[] = [];
    for (const { route, pattern } of byWord.get(asked[0]) ?? []) {
      const params = matchPath(pattern, asked);
      if (params === undefined) continue;
      if (route.method === method || (method === 'HEAD' && route.method === 'GET')) return { route, params };
      allowed.push(route.method);
    }
    return { allowed };
  };
}

function matchPath(pattern: readonly string[], asked: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  let at = 0;
  for (const part of pattern) {
    const value = asked[at];
    if (value === undefined) return undefined;
    if (part === '{repository}') {
      const end = asked.indexOf('-', at);
      params['repository'] = asked.slice(at, end < 0 ? undefined : end).join('/');
      at = end < 0 ? asked.length : end;
      if (params['repository'] === '') return undefined;
      continue;
    }
    if (part.startsWith('{')) {
      if (value === '') return undefined;
      params[part.slice(1, -1)] = value;
    } else if (part !== value) return undefined;
    at++;
  }
  return at === asked.length ? params : undefined;
}

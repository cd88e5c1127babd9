/** Finds the row for a method and a path. */
import type { ApiRoute } from './route.ts';

export const apiPrefix = '/api/v1';

export type Match = { readonly route: ApiRoute; readonly params: Readonly<Record<string, string>> };

/** `allowed`: the methods of rows that have the path, when none has the method too. */
export function findRoute(routes: readonly ApiRoute[], method: string, path: string): Match | { readonly allowed: readonly string[] } {
  const asked = path.slice(apiPrefix.length).split('/').slice(1);
  const allowed: string[] = [];
  for (const route of routes) {
    const params = matchPath(route.path.split('/').slice(1), asked);
    if (params === undefined) continue;
    if (route.method === method || (method === 'HEAD' && route.method === 'GET')) return { route, params };
    allowed.push(route.method);
  }
  return { allowed };
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

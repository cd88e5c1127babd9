/** What of the audit one looks at, as it stands behind the `?` of its address. Days are written as browsers do: 2026-01-31. */
import { searchText } from '../../repository-search.ts';

const words = ['actor', 'action', 'namespace', 'repository', 'digest', 'address'] as const;
const names = [...words, 'since', 'until'] as const;
const dayMs = 86_400_000;

export type AuditSearch = { readonly [name in (typeof names)[number]]?: string };

export function readAuditSearch(search: Readonly<Record<string, unknown>>): AuditSearch {
  const pairs = names.map((name) => [name, searchText(search, name)[name]?.trim() ?? ''] as const);
  return Object.fromEntries(pairs.filter(([, text]) => text !== ''));
}

/** Of the API: days as the moments at which they begin and end for who looks. */
export function auditQuery({ since, until, ...rest }: AuditSearch) {
  const [from, lastDay] = [startOf(since), startOf(until)];
  return { ...rest, ...(from !== undefined && { since: from }), ...(lastDay !== undefined && { until: lastDay + dayMs - 1 }) };
}

function startOf(day: string | undefined): number | undefined {
  const at = Date.parse(`${day ?? ''}T00:00`);
  return Number.isNaN(at) ? undefined : at;
}

/** What stands behind the `?` of pages with lists: which of them are shown, and in which order. */
import { type AuditSearch, readAuditSearch } from './pages/audit/audit-search.ts';
import { searchText } from './repository-search.ts';

const names = ['state', 'view', 'sort', 'find', 'written'] as const;

export type ListSearch = AuditSearch & { readonly [name in (typeof names)[number]]?: string };

export function readListSearch(search: Readonly<Record<string, unknown>>): ListSearch {
  return { ...readAuditSearch(search), ...Object.fromEntries(names.flatMap((name) => Object.entries(searchText(search, name)))) };
}

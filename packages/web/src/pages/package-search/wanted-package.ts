import { searchText } from '../../repository-search.ts';

/** As it stands in the address, so that an answer can be sent on. */
export type WantedPackage = { readonly name?: string; readonly version?: string };

export function readWantedPackage(search: Readonly<Record<string, unknown>>): WantedPackage {
  return { ...searchText(search, 'name'), ...searchText(search, 'version') };
}

import { type Language, useLanguage } from './language.tsx';

/** A table of texts that comes with the pages that need it: the first page carries none of it. */
export function tableOf<Table>(tables: Readonly<Record<Language, Table>>): () => Table {
  return function useTable() {
    return tables[useLanguage().language];
  };
}

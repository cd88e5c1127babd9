/**
 * After a reload, and on the way back from another site, a list is as long as it was and the window as far down:
 * how many pages it had is kept for the entry of the browser's history. Inside of the pages the cache and the
 * router see to this.
 */
import type { QueryKey } from '@tanstack/react-query';
import { useEffect } from 'react';

type Place = {
  readonly entry: string;
  readonly top: number;
  readonly pages: Record<string, number>;
  /** Of a long list that reaches beyond the window, the row at its upper edge: what is above may be as high as it was, or not. */
  readonly row?: { readonly list: string; readonly index: number };
};

export type Ruler = { rowAtTop(): number | undefined; scrollToRow(index: number): void };

type List = { readonly hasNextPage: boolean; readonly isFetching: boolean; readonly isError: boolean; fetchNextPage(): Promise<unknown> };

const storageName = 'naru-place';
const shown = new Map<string, number>();
const rulers = new Map<string, Ruler>();
let left: Place | undefined = readPlace();
addEventListener('pagehide', () => {
  const [row] = [...rulers].flatMap(([list, ruler]) => {
    const index = ruler.rowAtTop();
    return index === undefined ? [] : [{ list, index }];
  });
  const pages = Object.fromEntries([...shown].filter(([, count]) => count > 1));
  const place: Place = { entry: entryOfHistory(), top: window.scrollY, pages, ...(row && { row }) };
  sessionStorage.setItem(storageName, JSON.stringify(place));
});

/** `pages`: how many have come. Says whether those that were there before are still to come. */
export function usePlace(of: QueryKey, list: List, pages: number): boolean {
  const name = JSON.stringify(of);
  const wanted = left?.entry === entryOfHistory() ? left.pages[name] : undefined;
  const { hasNextPage, isFetching, isError } = list;
  const isComing = wanted !== undefined && pages < wanted && hasNextPage && !isError;
  useEffect(() => {
    shown.set(name, pages);
    return () => void shown.delete(name);
  }, [name, pages]);
  useEffect(() => {
    if (wanted === undefined || pages === 0) return;
    if (isComing) {
      if (!isFetching) void list.fetchNextPage();
    } else arrive(name);
  });
  return isComing;
}

/** For a list whose rows are not all drawn. */
export function useRuler(list: string, ruler: Ruler | undefined): void {
  useEffect(() => {
    if (ruler) rulers.set(list, ruler);
    return () => void rulers.delete(list);
  });
}

/** The last list that has come scrolls. */
function arrive(name: string): void {
  if (left === undefined) return;
  delete left.pages[name];
  if (Object.keys(left.pages).length > 0) return;
  const { top, row } = left;
  left = undefined;
  // The rows that came last are laid out with the next frame.
  requestAnimationFrame(() => {
    const ruler = row && rulers.get(row.list);
    if (ruler) ruler.scrollToRow(row.index);
    else window.scrollTo({ top });
  });
}

function readPlace(): Place | undefined {
  const text = sessionStorage.getItem(storageName);
  return text === null ? undefined : (JSON.parse(text) as Place); // as it was written above
}

function entryOfHistory(): string {
  const state = history.state as { __TSR_key?: string } | null; // the router's own
  return state?.__TSR_key ?? '';
}

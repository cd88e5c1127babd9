import type { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef } from 'react';
import type { TagRow } from './arrange-tags.ts';

type Virtualizer = ReturnType<typeof useWindowVirtualizer<Element>>;

/** What comes or goes above what one reads must not move it: the page scrolls along by as much. */
export function useKeepInView(rows: readonly TagRow[], virtualizer: Virtualizer, top: number): void {
  const seen = useRef<{ rows: readonly TagRow[]; key: string; offset: number }>(undefined);
  useLayoutEffect(() => {
    const before = seen.current;
    if (before !== undefined && before.rows !== rows && window.scrollY > top) {
      const index = rows.findIndex(({ key }) => key === before.key);
      const start = index < 0 ? undefined : virtualizer.measurementsCache[index]?.start;
      if (start !== undefined && start - before.offset !== window.scrollY) window.scrollTo({ top: start - before.offset });
    }
  }, [rows, virtualizer, top]);
  useLayoutEffect(() => {
    const first = virtualizer.getVirtualItems().find((item) => item.end > window.scrollY && rows[item.index]?.kind === 'tag');
    const row = first && rows[first.index];
    seen.current = first && row && { rows, key: row.key, offset: first.start - window.scrollY };
  });
}

/**
 * Rows as list items. Of many only those in view are drawn, in the flow of the page between two empty spaces;
 * few are all drawn, so that the browser's own search finds them.
 */
import { useWindowVirtualizer, type VirtualItem } from '@tanstack/react-virtual';
import { type ReactElement, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useRuler } from './use-place.ts';

const plainMax = 100;
/** Until some have been measured. */
const usualHeight = 53;
/** Of each list: how high its rows are as a rule, and those that were drawn. With these the window goes down as far as it was when one comes back. */
const heights = new Map<string, number>();
const measured = new Map<string, VirtualItem[]>();

/** `name`: of the list, among all of the pages. `rows`: `li` elements, or what renders one, each with its key. */
export function LongList({ name, rows }: { name: string; rows: readonly ReactElement[] }) {
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  const isLong = rows.length > plainMax;
  const virtualizer = useWindowVirtualizer<HTMLElement>({
    enabled: isLong,
    count: rows.length,
    estimateSize: () => heights.get(name) ?? usualHeight,
    getItemKey: useCallback((index: number) => rows[index]?.key ?? index, [rows]),
    overscan: 12,
    scrollMargin: top,
    measureElement: (row) => row.getBoundingClientRect().height,
    initialMeasurementsCache: measured.get(name) ?? [],
    initialRect: { width: innerWidth, height: innerHeight },
  });
  const drawn = isLong ? virtualizer.getVirtualItems() : [];
  const [first, last] = [drawn[0], drawn.at(-1)];

  useLayoutEffect(() => {
    const { current } = list;
    if (current === null) return;
    setTop(Math.round(current.getBoundingClientRect().top + window.scrollY));
    if (!isLong) heights.set(name, current.getBoundingClientRect().height / rows.length);
    [...current.children].forEach((row, at) => {
      const index = (first?.index ?? 0) + at;
      row.setAttribute('aria-setsize', String(rows.length));
      row.setAttribute('aria-posinset', String(index + 1));
      if (!isLong || !(row instanceof HTMLElement)) return;
      row.dataset['index'] = String(index);
      virtualizer.measureElement(row);
    });
  });

  useRuler(name, isLong ? { rowAtTop: () => rowAt(window.scrollY), scrollToRow: (index) => virtualizer.scrollToIndex(index, { align: 'start' }) } : undefined);
  useEffect(() => () => void measured.set(name, virtualizer.takeSnapshot()), [name, virtualizer]);

  function rowAt(offset: number): number | undefined {
    return offset > top && offset < top + virtualizer.getTotalSize() ? virtualizer.getVirtualItemForOffset(offset)?.index : undefined;
  }

  const spaces = first &&
    last && { paddingTop: first.start - top, paddingBottom: virtualizer.getTotalSize() - (last.end - top), overflowAnchor: 'none' as const };
  return (
    <ul ref={list} className="border-t border-line" style={spaces}>
      {isLong ? drawn.map(({ index }) => rows[index]) : rows}
    </ul>
  );
}

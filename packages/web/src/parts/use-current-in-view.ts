import { type RefObject, useLayoutEffect, useRef } from 'react';

/** A row of tabs that is wider than the window shows the one that is current; the window itself stays where it is. */
export function useCurrentInView(current: string): RefObject<HTMLElement & HTMLDivElement> {
  const row = useRef<HTMLElement & HTMLDivElement>(null);
  useLayoutEffect(() => {
    const tab = row.current?.querySelector('[aria-current=page], [aria-selected=true]');
    if (!row.current || !tab) return;
    const [shown, wanted] = [row.current.getBoundingClientRect(), tab.getBoundingClientRect()];
    row.current.scrollLeft += wanted.left + wanted.width / 2 - shown.left - shown.width / 2;
  }, [current]);
  return row as RefObject<HTMLElement & HTMLDivElement>; // React fills it in before it calls the effect
}

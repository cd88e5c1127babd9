/**
 * The rows that can be seen, of as many as there are. A table by its roles, since rows that are placed
 * one by one are none by themselves; each says which it is of how many.
 */
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTexts } from '../../language/language.tsx';
import { copyText } from '../../parts/copy-button.tsx';
import { chosenTool, pullCommand } from '../../parts/pull-command.tsx';
import { useToast } from '../../parts/toasts.tsx';
import { useKeys } from '../../shell/keys.ts';
import type { TagRow } from './arrange-tags.ts';
import { TagLine } from './tag-line.tsx';
import type { TagCheck } from './use-checks.ts';
import { useKeepInView } from './use-keep-in-view.ts';

type Props = {
  repository: string;
  rows: readonly TagRow[];
  checks: ReadonlyMap<string, TagCheck>;
  arrived: ReadonlySet<string>;
  canSelect: boolean;
  selected: ReadonlySet<string>;
  onSelect: (selected: ReadonlySet<string>) => void;
};

const rowHeight = 46;
const groupHeight = 44;

export function TagTable({ repository, rows, checks, arrived, canSelect, selected, onSelect }: Props) {
  const { tags: texts, copy } = useTexts();
  const toast = useToast();
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0), []);
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => (rows[index]?.kind === 'group' ? groupHeight : rowHeight),
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 12,
    scrollMargin: top,
  });
  useKeepInView(rows, virtualizer, top);

  const entries = useMemo(() => rows.flatMap((row) => (row.kind === 'tag' ? [row.entry] : [])), [rows]);
  const largest = useMemo(() => entries.reduce((most, { sizeBytes }) => Math.max(most, sizeBytes), 1), [entries]);
  const isAllSelected = entries.length > 0 && entries.every(({ tag }) => selected.has(tag));

  function focusRow(step: 1 | -1): void {
    const here = rows.findIndex(({ key }) => key === focusedTag());
    let index = here < 0 ? (virtualizer.getVirtualItems().find((item) => item.start >= window.scrollY)?.index ?? 0) : here + step;
    while (rows[index]?.kind === 'group') index += step;
    const row = rows[index];
    if (row === undefined) return;
    virtualizer.scrollToIndex(index);
    // The row may be drawn only now.
    requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-row="${CSS.escape(row.key)}"]`)?.focus()));
  }
  useKeys({
    j: () => focusRow(1),
    k: () => focusRow(-1),
    c() {
      const tag = focusedTag();
      if (tag !== undefined) void copyText(pullCommand(chosenTool(), repository, tag)).then(() => toast({ text: copy.done }));
    },
  });

  return (
    <div role="table" aria-label={texts.tag} aria-rowcount={rows.length + 1}>
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className={`tag-columns ${canSelect ? 'with-boxes' : ''} border-b border-line py-1.5 text-sm text-muted`}>
          {canSelect && (
            <span role="columnheader">
              <input
                type="checkbox"
                aria-label={texts.selectAll}
                className="size-4 accent-accent"
                checked={isAllSelected}
                onChange={() => onSelect(isAllSelected ? new Set() : new Set(entries.map(({ tag }) => tag)))}
              />
            </span>
          )}
          <span role="columnheader">{texts.tag}</span>
          <span role="columnheader" className="wide">
            {texts.digest}
          </span>
          <span role="columnheader" className="wide">
            {texts.platforms}
          </span>
          <span role="columnheader" className="wide">
            {texts.size}
          </span>
          <span role="columnheader" className="wide text-right">
            {texts.pushed}
          </span>
        </div>
      </div>
      <div ref={list} role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, key, start }) => {
          const row = rows[index];
          return row === undefined ? null : (
            <div
              key={key}
              role="row"
              aria-rowindex={index + 2}
              ref={virtualizer.measureElement}
              data-index={index}
              className={`absolute top-0 left-0 w-full ${row.kind === 'tag' ? `tag-columns ${canSelect ? 'with-boxes' : ''} border-b border-line py-1 ${arrived.has(row.key) ? 'arrived' : ''}` : ''}`}
              style={{ transform: `translateY(${start - top}px)` }}
            >
              {row.kind === 'group' ? (
                <span role="cell" className="flex items-baseline gap-2 border-b border-line pt-4 pb-1">
                  <span className="font-semibold">{row.line ?? texts.names}</span>
                  <span className="text-sm text-muted tabular-nums">{row.size}</span>
                </span>
              ) : (
                <TagLine
                  repository={repository}
                  row={row}
                  check={checks.get(row.entry.tag)}
                  largest={largest}
                  canSelect={canSelect}
                  isSelected={selected.has(row.key)}
                  onSelect={(isOn) => onSelect(changed(selected, row.key, isOn))}
                />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function focusedTag(): string | undefined {
  const row = document.activeElement?.closest('[role=row]')?.querySelector('[data-row]');
  return row instanceof HTMLElement ? row.dataset['row'] : undefined;
}

function changed(selected: ReadonlySet<string>, tag: string, isOn: boolean): ReadonlySet<string> {
  const next = new Set(selected);
  if (isOn) next.add(tag);
  else next.delete(tag);
  return next;
}

import { useEffect, useEffectEvent } from 'react';

/** Single keys, while nobody is typing. `/` and `?` by what they write, wherever that is on the keyboard. */
export function useKeys(keys: Readonly<Record<string, (event: KeyboardEvent) => void>>): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
    // Looked up by name on an object of ours: `constructor` must find nothing.
    if (Object.hasOwn(keys, event.key)) keys[event.key]?.(event);
  });
  useEffect(() => {
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input:not([type=checkbox]), textarea, select, dialog *'));
}

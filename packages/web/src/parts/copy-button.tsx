import { useState } from 'react';
import { useTexts } from '../language/language.tsx';
import { CheckIcon, CopyIcon } from './icons.tsx';

/** Copies whole what is shown short. `what` names it for a screen reader. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const { copy } = useTexts();
  const [isCopied, setIsCopied] = useState(false);
  async function write(): Promise<void> {
    await copyText(text);
    setIsCopied(true);
    setTimeout(() => setIsCopied(false), 2000);
  }
  return (
    <button
      type="button"
      onClick={() => void write()}
      className="inline-flex size-7 shrink-0 items-center justify-center rounded-md text-muted hover:bg-sunken hover:text-text"
      title={copy.title(what)}
      aria-label={copy.title(what)}
    >
      {isCopied ? <CheckIcon /> : <CopyIcon />}
      <span role="status" className="aside">
        {isCopied ? copy.done : ''}
      </span>
    </button>
  );
}

/** Over plain HTTP browsers hide the clipboard from pages, but not from a selection. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) {
    try {
      return await navigator.clipboard.writeText(text);
    } catch {
      // The browser asks for more than we have: try the other way.
    }
  }
  const field = document.createElement('textarea');
  field.value = text;
  field.style.position = 'fixed';
  (document.querySelector('dialog[open]') ?? document.body).append(field);
  const focused = document.activeElement;
  field.select();
  document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
}

/** Short notes at the foot of the page. What was just done can be undone there, for as long as the note stays. */
import { createContext, type ReactNode, useContext, useRef, useState } from 'react';
import { useTexts } from '../language/language.tsx';

export type Toast = { readonly text: string; readonly isBad?: boolean; readonly undo?: () => Promise<void> | void };

type Shown = Toast & { readonly id: number };
const ToastContext = createContext<(toast: Toast) => void>(() => undefined);

export function useToast(): (toast: Toast) => void {
  return useContext(ToastContext);
}

const lifeMs = 10_000;
const shownMax = 3;

export function ToastProvider({ children }: { children: ReactNode }) {
  const { undo, close } = useTexts().toasts;
  const [toasts, setToasts] = useState<readonly Shown[]>([]);
  const lastId = useRef(0);
  function dismiss(id: number): void {
    setToasts((shown) => shown.filter((toast) => toast.id !== id));
  }
  function show(toast: Toast): void {
    const id = ++lastId.current;
    setToasts((shown) => [...shown.slice(1 - shownMax), { ...toast, id }]);
    // What can be undone stays until it is put away: nobody must hurry (WCAG 2.2.1).
    if (toast.undo === undefined) setTimeout(() => dismiss(id), lifeMs);
  }
  return (
    <ToastContext value={show}>
      {children}
      <div role="status" className="pointer-events-none fixed inset-x-0 bottom-0 z-20 flex flex-col items-center gap-2 p-4">
        {toasts.map(({ id, text, isBad, undo: takeBack }) => (
          <div
            key={id}
            className="pointer-events-auto flex max-w-full items-center gap-3 rounded-md border border-strong-line bg-raised py-1.5 pr-1.5 pl-4 shadow-lg"
          >
            <span className={isBad === true ? 'text-bad' : ''}>{text}</span>
            {takeBack !== undefined && (
              <button
                type="button"
                className="button"
                onClick={() => {
                  dismiss(id);
                  void takeBack();
                }}
              >
                {undo}
              </button>
            )}
            <button
              type="button"
              className="inline-flex size-8 items-center justify-center rounded-md text-muted hover:bg-sunken"
              aria-label={close}
              onClick={() => dismiss(id)}
            >
              ×
            </button>
          </div>
        ))}
      </div>
    </ToastContext>
  );
}

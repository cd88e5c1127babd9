/** The browser's own dialog: it keeps the focus inside, closes with Escape, and gives the focus back. */
import { type ReactNode, useEffect, useId, useRef } from 'react';

export function Dialog({ title, isOpen, onClose, children }: { title: string; isOpen: boolean; onClose: () => void; children: ReactNode }) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = element.current;
    if (dialog === null || dialog.open === isOpen) return;
    if (isOpen) dialog.showModal();
    else dialog.close();
  }, [isOpen]);
  return (
    <dialog ref={element} aria-labelledby={titleId} onClose={onClose} className="w-[min(34rem,calc(100vw-2rem))] rounded-md border border-line bg-raised p-5">
      {isOpen && (
        <>
          <h2 id={titleId} className="mb-3">
            {title}
          </h2>
          {children}
        </>
      )}
    </dialog>
  );
}

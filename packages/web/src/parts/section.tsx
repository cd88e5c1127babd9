import { type ReactNode, useId } from 'react';

/** A part of a page: what it is about, and where it helps a sentence more. */
export function Section({ title, hint, children }: { title: string; hint?: string; children?: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="mb-10">
      <h2 id={id}>{title}</h2>
      {hint !== undefined && <p className="mt-1 max-w-2xl text-muted">{hint}</p>}
      {children !== undefined && <div className="mt-3">{children}</div>}
    </section>
  );
}

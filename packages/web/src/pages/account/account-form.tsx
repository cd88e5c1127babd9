import type { FormEvent, ReactNode } from 'react';

/** The narrow column of the pages about an account. */
export function AccountForm({
  title,
  problem,
  onSubmit,
  children,
}: {
  title: string;
  problem?: string | undefined;
  onSubmit?: (fields: FormData) => void;
  children: ReactNode;
}) {
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    onSubmit?.(new FormData(event.currentTarget));
  }
  return (
    <div className="mx-auto max-w-sm py-8">
      <h1 className="mb-5">{title}</h1>
      {problem !== undefined && (
        <p role="alert" className="mb-4 rounded-md bg-bad-soft px-3 py-2 text-bad">
          {problem}
        </p>
      )}
      <form className="space-y-4" onSubmit={submit}>
        {children}
      </form>
    </div>
  );
}

/** A field of a form that has it. */
export function textOf(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value : '';
}

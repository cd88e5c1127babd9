import { type FormEvent, type ReactNode, useEffect, useRef } from 'react';
import type { Act } from './use-act.ts';

type Props = {
  act: Act<FormData>;
  submit: string;
  isDanger?: boolean;
  isQuiet?: boolean;
  /** Fields beside each other, where there is room. */ isLine?: boolean;
  isDisabled?: boolean;
  beside?: ReactNode;
  children?: ReactNode;
};

/** What could not be done stays in the form, with the reason above its button. */
export function ActForm({ act, submit, isDanger = false, isQuiet = false, isLine = false, isDisabled = false, beside, children }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const wasPending = useRef(false);
  useEffect(() => {
    if (wasPending.current && !act.isPending && act.problem === undefined) form.current?.reset();
    wasPending.current = act.isPending;
  }, [act.isPending, act.problem]);
  function send(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    act.run(new FormData(event.currentTarget));
  }
  return (
    <form ref={form} onSubmit={send} className={isLine ? 'flex flex-wrap items-end gap-3' : 'space-y-4'}>
      {children}
      {act.problem !== undefined && (
        <p role="alert" className={`rounded-md bg-bad-soft px-3 py-2 text-bad ${isLine ? 'order-last w-full' : ''}`}>
          {act.problem}
        </p>
      )}
      <div className="flex justify-end gap-2">
        {beside}
        <button type="submit" className={`button ${isDanger ? 'button-danger' : isQuiet ? '' : 'button-main'}`} disabled={act.isPending || isDisabled}>
          {submit}
        </button>
      </div>
    </form>
  );
}

/** A field of a form that has it. */
export function fieldText(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

/** A secret is taken as it is, with its spaces. */
export function fieldSecret(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value : '';
}

/** Words between commas, spaces or on lines of their own; undefined when there are none. */
export function fieldWords(fields: FormData, name: string): readonly string[] | undefined {
  const words = fieldText(fields, name)
    .split(/[\s,]+/)
    .filter(Boolean);
  return words.length === 0 ? undefined : words;
}

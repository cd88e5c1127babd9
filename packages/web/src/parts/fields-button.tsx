import type { ReactNode } from 'react';
import type { Act } from './use-act.ts';

/** A button of a form for something else than to save it, with what stands in the fields, if that could be saved. */
export function FieldsButton<Input>({ act, read, children }: { act: Act<Input>; read: (fields: FormData) => Input; children: ReactNode }) {
  return (
    <button
      type="button"
      className="button"
      disabled={act.isPending}
      onClick={({ currentTarget: { form } }) => form?.reportValidity() === true && act.run(read(new FormData(form)))}
    >
      {children}
    </button>
  );
}

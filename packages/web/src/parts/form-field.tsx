import { type InputHTMLAttributes, useId } from 'react';

type Props = Omit<InputHTMLAttributes<HTMLInputElement>, 'className' | 'id'> & { label: string; hint?: string; problem?: string | undefined };

export function FormField({ label, hint, problem, ...input }: Props) {
  const id = useId();
  const isBad = problem !== undefined && problem !== '';
  return (
    <div>
      <label htmlFor={id} className="mb-1 block font-medium">
        {label}
      </label>
      <input id={id} className="field" aria-invalid={isBad} aria-describedby={hint === undefined && !isBad ? undefined : `${id}-note`} {...input} />
      {(isBad || hint !== undefined) && (
        <p id={`${id}-note`} className={`mt-1 text-sm ${isBad ? 'text-bad' : 'text-muted'}`}>
          {isBad ? problem : hint}
        </p>
      )}
    </div>
  );
}

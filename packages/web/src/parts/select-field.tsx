import { useId } from 'react';

type Props = { label: string; name: string; options: readonly (readonly [value: string, text: string])[]; chosen?: string; onChoose?: (value: string) => void };

export function SelectField({ label, name, options, chosen, onChoose }: Props) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1 block font-medium">
        {label}
      </label>
      <select
        id={id}
        name={name}
        className="field"
        {...(onChoose
          ? { value: chosen, onChange: (event: { currentTarget: HTMLSelectElement }) => onChoose(event.currentTarget.value) }
          : { defaultValue: chosen })}
      >
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

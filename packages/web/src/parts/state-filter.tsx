import { SelectField } from './select-field.tsx';

type Props<State extends string> = {
  label: string;
  states: readonly State[];
  chosen: State;
  words: Readonly<Record<State, string>>;
  onChoose: (state: State) => void;
};

/** Which of a list is shown: those in one state. */
export function StateFilter<State extends string>({ label, states, chosen, words, onChoose }: Props<State>) {
  return (
    <div className="mb-4 max-w-60">
      <SelectField
        label={label}
        name="state"
        chosen={chosen}
        options={states.map((one) => [one, words[one]])}
        onChoose={(wanted) => onChoose(states.find((one) => one === wanted) ?? chosen)}
      />
    </div>
  );
}

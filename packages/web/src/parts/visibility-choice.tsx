import { useTexts } from '../language/language.tsx';
import type { Visibility } from './visibility-chip.tsx';

const choices = ['public', 'internal', 'private'] as const;

/** Each choice with what it means. In a form it is the field `visibility`. */
export function VisibilityChoice({ chosen = 'public', onChange }: { chosen?: Visibility; onChange?: (visibility: Visibility) => void }) {
  const { repository } = useTexts();
  return (
    <fieldset>
      <legend className="mb-1 font-medium">{repository.visibility}</legend>
      {choices.map((choice) => (
        <label key={choice} className="flex items-baseline gap-2 py-1">
          <input
            type="radio"
            name="visibility"
            value={choice}
            className="accent-accent"
            {...(onChange ? { checked: choice === chosen, onChange: () => onChange(choice) } : { defaultChecked: choice === chosen })}
          />
          <span>{repository[choice]}</span>
          <span className="text-sm text-muted">{repository.titles[choice]}</span>
        </label>
      ))}
    </fieldset>
  );
}

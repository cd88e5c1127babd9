/** Somebody else was faster: what they have changed, and what may be done with what was typed here. */
import { ForeignText } from '../foreign-text.tsx';
import { useEditTexts } from './texts.ts';
import type { ChangedFact } from './use-edits.ts';

type Props = {
  changes: readonly ChangedFact[];
  /** Undefined: it is not known. */
  by: string | undefined;
  isPending: boolean;
  onTakeOver: () => void;
  onOverwrite: () => void;
};

/** Longer texts are cut in the table: whoever takes them over reads them whole. */
const shownMax = 300;

export function Meanwhile({ changes, by, isPending, onTakeOver, onOverwrite }: Props) {
  const texts = useEditTexts();
  const textOf = (value: ChangedFact['now']): string => {
    if (typeof value === 'boolean') return value ? texts.yes : texts.no;
    const text = typeof value === 'object' ? value.join(', ') : String(value ?? '');
    return text === '' ? texts.nothing : text.length > shownMax ? `${text.slice(0, shownMax)}…` : text;
  };
  return (
    <section role="alert" aria-label={texts.title(by)} className="rounded-md border border-strong-line px-4 py-3">
      <p className="font-semibold text-warn">{texts.title(by)}</p>
      <p className="mt-1 text-muted">{texts.kept}</p>
      {changes.length > 0 && (
        <dl className="mt-3 space-y-2">
          {changes.map(({ name, before, now }) => (
            <div key={name}>
              <dt className="font-medium">{name}</dt>
              <dd className="whitespace-pre-wrap break-words">
                <del className="text-muted">
                  <span className="aside">{texts.before} </span>
                  <ForeignText>{textOf(before)}</ForeignText>
                </del>{' '}
                <span aria-hidden="true">→ </span>
                <ins className="no-underline">
                  <span className="aside">{texts.now} </span>
                  <ForeignText>{textOf(now)}</ForeignText>
                </ins>
              </dd>
            </div>
          ))}
        </dl>
      )}
      <p className="mt-3 flex flex-wrap gap-2">
        <button type="button" className="button" disabled={isPending} onClick={onTakeOver}>
          {texts.takeOver}
        </button>
        <button type="button" className="button" disabled={isPending} onClick={onOverwrite}>
          {texts.overwrite}
        </button>
      </p>
    </section>
  );
}

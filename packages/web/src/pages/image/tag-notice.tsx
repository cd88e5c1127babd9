import { useTexts } from '../../language/language.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import type { Image } from './image-page.tsx';

/** What whoever pulls the tag is told, in the words of its author. */
export function TagNotice({ notice: { tag, kind, message } }: { notice: Image['notices'][number] }) {
  const { tags: texts } = useTexts();
  return (
    <p className="mb-4 flex flex-wrap items-baseline gap-x-3 gap-y-1 border-l-2 border-warn pl-3">
      <span className="font-mono">{tag}</span>
      <span className="font-medium text-warn">{texts.notices[kind]}</span>
      <ForeignText>{message}</ForeignText>
    </p>
  );
}

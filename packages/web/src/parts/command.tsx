import { useTexts } from '../language/language.tsx';
import { CopyButton } from './copy-button.tsx';

/** Lines for a terminal, copied whole. */
export function Command({ lines, what }: { lines: readonly string[]; what?: string }) {
  const { copy } = useTexts();
  return (
    <div className="flex min-w-0 items-start gap-2 rounded-md border border-line bg-sunken py-1 pr-1 pl-3">
      <pre tabIndex={0} className="min-w-0 grow overflow-x-auto py-0.5 font-mono text-[0.87em] leading-6">
        {lines.join('\n')}
      </pre>
      <CopyButton text={lines.join('\n')} what={what ?? copy.command} />
    </div>
  );
}

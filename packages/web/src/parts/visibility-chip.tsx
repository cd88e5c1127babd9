import type { Answer } from '../api/client.ts';
import { useTexts } from '../language/language.tsx';
import { LockIcon } from './icons.tsx';

export type Visibility = Answer<'GET /repositories/{repository}'>['visibility'];

export function VisibilityChip({ visibility }: { visibility: Visibility }) {
  const { repository } = useTexts();
  return (
    <span className="chip inline-flex items-center gap-1" title={repository.titles[visibility]}>
      {visibility !== 'public' && <LockIcon />}
      {repository[visibility]}
    </span>
  );
}

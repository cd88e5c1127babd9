import { useTexts } from '../language/language.tsx';
import { CheckIcon } from './icons.tsx';

/** Given by who runs the server, never by who pushes. */
export function Badges({ official, verified }: { official: boolean; verified: boolean }) {
  const { search } = useTexts();
  if (!official && !verified) return null;
  return (
    <span className="inline-flex items-center gap-0.5 text-sm whitespace-nowrap text-good" title={official ? search.officialTitle : search.verifiedTitle}>
      <CheckIcon />
      {official ? search.official : search.verified}
    </span>
  );
}

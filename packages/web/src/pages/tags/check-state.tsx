/** In one word what the checks of an image say; it leads to all of it. */
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { countOf, severities, severityColours, useSeverityTexts } from '../../parts/severity.tsx';
import { useTexts } from '../../language/language.tsx';
import { useCheckTexts } from './check-texts.ts';
import type { TagCheck } from './use-checks.ts';

export function CheckState({ repository, check }: { repository: string; check: TagCheck }) {
  const texts = useCheckTexts();
  const words = useSeverityTexts();
  const { count } = useTexts();
  const { tag, digest, state, counts } = check;
  const worst = severities.find((severity) => countOf(counts, severity) > 0);
  const isClean = state === 'checked' && worst === undefined;
  return (
    <RepositoryLink
      repository={repository}
      section={{ kind: 'image', digest }}
      search={{ tag, view: 'security' }}
      title={isClean ? texts.states.checked : texts.title}
      className={`inline-flex min-h-6 min-w-6 shrink-0 items-center text-sm whitespace-nowrap hover:underline ${worst === undefined ? 'text-muted' : severityColours[worst]} ${isClean ? 'max-sm:hidden' : ''}`}
    >
      {isClean ? (
        <>
          <span aria-hidden="true" className="text-good">
            ✓
          </span>
          <span className="aside">{texts.states.checked}</span>
        </>
      ) : worst === undefined ? (
        texts.states[state]
      ) : (
        texts.found(count(countOf(counts, worst)), words[worst])
      )}
    </RepositoryLink>
  );
}

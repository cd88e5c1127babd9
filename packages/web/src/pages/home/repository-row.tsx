import { useQuery } from '@tanstack/react-query';
import { repositoryQuery } from '../../api/queries.ts';
import { useTexts } from '../../language/language.tsx';
import { Bytes } from '../../parts/bytes.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { type Visibility, VisibilityChip } from '../../parts/visibility-chip.tsx';

export function RepositoryRow({ name, visibility }: { name: string; visibility: Visibility }) {
  const texts = useTexts();
  const { data: facts } = useQuery(repositoryQuery(name));
  return (
    <li className="flex flex-wrap items-baseline gap-x-4 gap-y-1 border-b border-line py-2.5">
      <RepositoryLink repository={name} className="link min-w-0 grow font-medium">
        {name}
      </RepositoryLink>
      {visibility !== 'public' && <VisibilityChip visibility={visibility} />}
      <span className="flex min-h-6 gap-4 text-sm text-muted">
        {facts && (
          <>
            <span>{texts.repository.tagCount(facts.tags)}</span>
            <span className="w-20 text-right">
              <Bytes of={facts.sizeBytes} />
            </span>
            <span className="w-28 text-right">{facts.taggedAt !== undefined && <RelativeTime at={facts.taggedAt} />}</span>
          </>
        )}
      </span>
    </li>
  );
}

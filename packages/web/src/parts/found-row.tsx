import type { Answer } from '../api/client.ts';
import { useTexts } from '../language/language.tsx';
import { Badges } from './badges.tsx';
import { RelativeTime } from './relative-time.tsx';
import { RepositoryLink } from './repository-link.tsx';
import { VisibilityChip } from './visibility-chip.tsx';

export type FoundRepository = Answer<'GET /search'>['items'][number];

/** A repository in a list of results: what it is, and how many trust it. */
export function FoundRow({ name, visibility, description, official, verified, pulls, stars, updatedAt }: FoundRepository) {
  const { search } = useTexts();
  return (
    <li className="grid gap-x-6 gap-y-0.5 border-b border-line py-2.5 sm:grid-cols-[minmax(0,1fr)_auto]">
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-x-2">
          <RepositoryLink repository={name} className="link font-medium">
            {name}
          </RepositoryLink>
          <Badges official={official} verified={verified} />
          {visibility !== 'public' && <VisibilityChip visibility={visibility} />}
        </div>
        {description !== '' && (
          <p className="line-clamp-2 text-sm text-muted">
            <bdi>{description}</bdi>
          </p>
        )}
      </div>
      <div className="flex items-center gap-4 text-sm text-muted tabular-nums">
        {pulls > 0 && <span>{search.pulls(pulls)}</span>}
        {stars > 0 && <span>{search.stars(stars)}</span>}
        {updatedAt !== undefined && (
          <span className="sm:w-28 sm:text-right">
            <RelativeTime at={updatedAt} />
          </span>
        )}
      </div>
    </li>
  );
}

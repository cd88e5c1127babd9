import type { Answer } from '../../api/client.ts';
import { shortDigest } from '../../parts/digest-text.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { useEnvironmentTexts } from './texts.ts';

export type Release = Answer<'GET /repositories/{repository}/-/environments/{environment}/releases'>['items'][number];

/** Which image, since when, and who wanted it. */
export function ReleaseText({ repository, release }: { repository: string; release: Release }) {
  const texts = useEnvironmentTexts();
  const { digest, tag, cause, source, requestedBy, changedAt, message } = release;
  return (
    <span className="flex min-w-0 flex-wrap items-baseline gap-x-3">
      {tag !== undefined && <span className="font-mono font-medium">{tag}</span>}
      <RepositoryLink
        repository={repository}
        section={{ kind: 'image', digest }}
        search={tag === undefined ? {} : { tag }}
        className="link font-mono text-[0.87em]"
      >
        {shortDigest(digest)}
      </RepositoryLink>
      <span className="text-sm text-muted">
        {texts.causes[cause]} {source !== undefined && texts.from(source)} {texts.by(requestedBy)} · <RelativeTime at={changedAt} />
      </span>
      {message !== undefined && message !== '' && (
        <span className="text-sm text-warn">
          <ForeignText>{message}</ForeignText>
        </span>
      )}
    </span>
  );
}

import { RepositoryLink } from './repository-link.tsx';
import { shortDigest } from './digest-text.tsx';

/** To the security of an image, by the tag that one knows it by. */
export function ImageSecurityLink({ repository, digest, tags: [first] }: { repository: string; digest: string; tags: readonly string[] }) {
  return (
    <RepositoryLink
      repository={repository}
      section={{ kind: 'image', digest }}
      search={{ view: 'security', ...(first !== undefined && { tag: first }) }}
      className="link font-mono"
    >
      {repository}
      {first === undefined ? `@${shortDigest(digest)}` : `:${first}`}
    </RepositoryLink>
  );
}

import { useNavigate, useSearch } from '@tanstack/react-router';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { repositoryPath } from '../../repository-address.ts';
import { Webhooks } from '../webhooks/webhooks.tsx';

const section = { kind: 'settings' } as const;

export function RepositoryWebhooks({ repository }: { repository: string }) {
  const navigate = useNavigate();
  const { item } = useSearch({ strict: false });
  return (
    <Webhooks
      place={{ repository }}
      one={item}
      link={(id, text) => (
        <RepositoryLink repository={repository} section={section} search={{ view: 'webhooks', ...(id !== undefined && { item: id }) }} className="link">
          {text}
        </RepositoryLink>
      )}
      leave={() => void navigate({ to: '/r/$', params: { _splat: repositoryPath(repository, section) }, search: { view: 'webhooks' } })}
    />
  );
}

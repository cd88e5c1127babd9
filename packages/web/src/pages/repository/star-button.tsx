import { useQuery, useQueryClient } from '@tanstack/react-query';
import { problemOf } from '../../api/api-error.ts';
import { call } from '../../api/client.ts';
import { repositoryQuery, selfQuery } from '../../api/queries.ts';
import { useSend } from '../../api/use-send.ts';
import { useTexts } from '../../language/language.tsx';
import { problemText } from '../../language/problem-text.ts';
import { useToast } from '../../parts/toasts.tsx';
import type { RepositoryFacts } from './repository-head.tsx';

/** The number for everybody; a button for who has an account. */
export function StarButton({ facts: { name, stars, starred } }: { facts: RepositoryFacts }) {
  const texts = useTexts();
  const toast = useToast();
  const queries = useQueryClient();
  const { data: self } = useQuery(selfQuery);
  const turn = useSend({
    mutationFn: async () => {
      const params = { repository: name };
      if (starred) await call('DELETE /repositories/{repository}/-/star', { params });
      else await call('PUT /repositories/{repository}/-/star', { params });
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: repositoryQuery(name).queryKey }),
    onError: (error) => toast({ text: problemText(problemOf(error), texts), isBad: true }),
  });
  if (self?.kind !== 'user') return stars > 0 ? <span className="text-sm text-muted">{texts.search.stars(stars)}</span> : null;
  return (
    <button
      type="button"
      className="button"
      aria-pressed={starred}
      disabled={turn.isPending}
      onClick={() => turn.mutate()}
      title={starred ? texts.repository.unstar : texts.repository.star}
    >
      <span aria-hidden="true">{starred ? '★' : '☆'}</span>
      <span className="tabular-nums">{texts.search.stars(stars)}</span>
    </button>
  );
}
